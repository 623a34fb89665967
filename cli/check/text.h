#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// Space, as isspace(3) knows it in the C locale.
inline constexpr std::string_view kSpace = " \t\n\v\f\r";

/// What a terminal can be shown: bytes that are not printable ASCII, and the backslash, become \xHH.
std::string printable(std::string_view text);

/// One word for a shell, in quotes where it needs them. Printable: a word that is not is mangled.
std::string shell_word(std::string_view text);

/// The words between spaces, tabs and the like.
std::vector<std::string_view> words_of(std::string_view text);

/// The lines of a text without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// A text without the space around it.
std::string_view trimmed(std::string_view text);

}  // namespace leases::cli
