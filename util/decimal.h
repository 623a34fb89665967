#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace leases {

/// Reads an unsigned decimal number that is the whole text; nothing if it is not, or does not fit.
template <typename Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace leases
