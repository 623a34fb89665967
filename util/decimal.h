#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace leases {

/// Reads an unsigned decimal number that is the whole text; nothing if the text is anything else, or the
/// number does not fit.
template <typename Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

/// Appends a decimal number with zeros in front of it up to a width.
inline void append_padded(std::string& text, std::uint64_t number, std::size_t width) {
  std::array<char, 20> digits;
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const auto length = static_cast<std::size_t>(end - digits.data());
  if (length < width) text.append(width - length, '0');
  text.append(digits.data(), length);
}

}  // namespace leases
