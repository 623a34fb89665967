#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace leases {

/// Appends a decimal number with zeros in front of it up to a width.
inline void append_padded(std::string& text, std::uint64_t number, std::size_t width) {
  std::array<char, 20> digits;
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const auto length = static_cast<std::size_t>(end - digits.data());
  if (length < width) text.append(width - length, '0');
  text.append(digits.data(), length);
}

}  // namespace leases
