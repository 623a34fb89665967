#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/escaped_text.h"

namespace leases {

/// Space, as isspace(3) knows it in the C locale.
inline constexpr std::string_view kSpace = " \t\n\v\f\r";

/// A text without the space around it.
std::string_view trimmed(std::string_view text);

/// Cuts off what a text has before a character, and that one, too; all of it if the character is not there.
std::string_view take_until(char end, std::string_view& text);

/// The words of a text, which space separates.
std::vector<std::string_view> words_of(std::string_view text);

/// The lines of a text without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// One word for a shell, in quotes where it needs them. Bytes that are not printable are escaped, so the word
/// is not the same then.
std::string shell_word(std::string_view text);

}  // namespace leases
