#include "common/hardware_address.h"

#include "common/hex_bytes.h"

namespace leases {

std::optional<HardwareAddress> HardwareAddress::parse(std::string_view text) noexcept {
  HardwareAddress address;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    if (dash < 2 || dash > 4) return {};
    unsigned type = 0;
    for (std::size_t i = 0; i < dash; ++i) {
      const auto digit = hex_digit(text[i]);
      if (!digit) return {};
      type = type << 4 | *digit;
    }
    address.type = static_cast<std::uint16_t>(type);
    text.remove_prefix(dash + 1);
  } else if (text.empty()) {
    return {};
  }
  const auto length = parse_hex_bytes(text, address.bytes.data(), address.bytes.size());
  if (!length) return {};
  address.length = static_cast<std::uint8_t>(*length);
  return address;
}

HardwareText::HardwareText(const HardwareAddress& address) noexcept {
  static constexpr char kDigits[] = "0123456789abcdef";
  char* end = text_;
  if (address.type != 1 || address.length == 0) {
    if (address.type > 0xfff) *end++ = kDigits[address.type >> 12];
    if (address.type > 0xff) *end++ = kDigits[address.type >> 8 & 15];
    *end++ = kDigits[address.type >> 4 & 15];
    *end++ = kDigits[address.type & 15];
    *end++ = '-';
  }
  const std::size_t count = address.length <= address.bytes.size() ? address.length : address.bytes.size();
  end = format_hex_bytes(address.bytes.data(), count, end);
  length_ = static_cast<std::size_t>(end - text_);
}

}  // namespace leases
