#include "common/address.h"

#include <arpa/inet.h>

#include <charconv>

namespace leases {

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
  char terminated[46];
  if (text.empty() || text.size() >= sizeof terminated || std::memchr(text.data(), 0, text.size()) != nullptr)
    return {};
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = 0;

  IpAddress address;
  if (inet_pton(AF_INET, terminated, address.bytes.data()) == 1) return address;
  address.family = Family::v6;
  if (inet_pton(AF_INET6, terminated, address.bytes.data()) == 1) return address;
  return {};
}

IpAddress unmapped(const IpAddress& address) noexcept {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (address.family != Family::v6 || std::memcmp(address.bytes.data(), kMapped.data(), kMapped.size()) != 0)
    return address;
  IpAddress v4;
  std::memcpy(v4.bytes.data(), address.bytes.data() + kMapped.size(), v4.size());
  return v4;
}

IpText::IpText(const IpAddress& address) noexcept {
  if (address.family == Family::v6) {
    inet_ntop(AF_INET6, address.bytes.data(), text_, sizeof text_);
    length_ = std::strlen(text_);
    return;
  }
  // inet_ntop uses snprintf for this, which would be most of the cost of a bulk export.
  char* end = text_;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *end++ = '.';
    end = std::to_chars(end, text_ + sizeof text_, address.bytes[i]).ptr;
  }
  *end = 0;
  length_ = static_cast<std::size_t>(end - text_);
}

}  // namespace leases
