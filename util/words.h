#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/escaped_text.h"
#include "util/trimmed.h"

namespace leases {

/// One word for a shell, in quotes where it needs them. Printable: a word that is not is mangled.
std::string shell_word(std::string_view text);

/// The words between spaces, tabs and the like.
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace leases
