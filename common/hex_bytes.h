#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leases {

/// The value of one hex digit of either case, or nothing.
constexpr std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return {};
}

/// Reads bytes in dnsmasq's notation, two hex digits each with a colon between ("01:52:54:00"), into at most
/// `capacity` bytes at `to`. Returns their number, 0 for the empty text; nothing if the text is anything else
/// or too long.
std::optional<std::size_t> parse_hex_bytes(std::string_view text, std::uint8_t* to,
                                           std::size_t capacity) noexcept;

/// Writes bytes in that notation, lower case, 3 * count - 1 characters (none if count is 0), without a NUL.
/// Returns the end.
char* format_hex_bytes(const std::uint8_t* bytes, std::size_t count, char* to) noexcept;

}  // namespace leases
