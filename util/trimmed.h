#pragma once

#include <cstddef>
#include <string_view>

namespace leases {

/// Space, as isspace(3) knows it in the C locale.
inline constexpr std::string_view kSpace = " \t\n\v\f\r";

/// A text without the space around it.
inline std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace leases
