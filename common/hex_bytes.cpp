#include "common/hex_bytes.h"

namespace leases {

std::optional<std::size_t> parse_hex_bytes(std::string_view text, std::uint8_t* to,
                                           std::size_t capacity) noexcept {
  if (text.empty()) return 0;
  if (text.size() % 3 != 2) return {};
  const std::size_t count = (text.size() + 1) / 3;
  if (count > capacity) return {};
  for (std::size_t i = 0; i < count; ++i) {
    const auto high = hex_digit(text[3 * i]);
    const auto low = hex_digit(text[3 * i + 1]);
    if (!high || !low) return {};
    if (i + 1 < count && text[3 * i + 2] != ':') return {};
    to[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return count;
}

char* format_hex_bytes(const std::uint8_t* bytes, std::size_t count, char* to) noexcept {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) *to++ = ':';
    *to++ = kDigits[bytes[i] >> 4];
    *to++ = kDigits[bytes[i] & 15];
  }
  return to;
}

}  // namespace leases
