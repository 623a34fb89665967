#pragma once

#include <string>
#include <string_view>

namespace leases {

/// A text from the index for a person's terminal or a script's pipe: one word of visible ASCII. Every other
/// byte, and the backslash, is written as \xNN, so nothing in it moves a cursor, ends a line or makes a
/// column.
std::string escaped(std::string_view text);

/// Like escaped(), but keeps spaces: for text of several words.
std::string printable(std::string_view text);

/// Like printable(), but keeps backslashes: for a line that may have escaped texts in it.
std::string one_line(std::string_view text);

}  // namespace leases
