#pragma once

#include <string>
#include <string_view>

namespace leases {

/// A text from the index for a person's terminal or a script's pipe: one word of visible ASCII. Every other
/// byte, and the backslash, is written as \xNN, so nothing in it moves a cursor, ends a line or makes a
/// column.
std::string escaped(std::string_view text);

/// The same of what may be several words: one line.
std::string printable(std::string_view text);

/// A line that may have such texts in it already: the backslash stays.
std::string one_line(std::string_view text);

}  // namespace leases
