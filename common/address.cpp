#include "common/address.h"

#include <arpa/inet.h>

namespace leases {

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
  char terminated[46];
  if (text.size() >= sizeof terminated || std::memchr(text.data(), 0, text.size()) != nullptr) return {};
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = 0;

  IpAddress address;
  if (inet_pton(AF_INET, terminated, address.bytes.data()) == 1) return address;
  address.family = Family::v6;
  if (inet_pton(AF_INET6, terminated, address.bytes.data()) == 1) return address;
  return {};
}

IpText::IpText(const IpAddress& address) noexcept {
  inet_ntop(address.family == Family::v4 ? AF_INET : AF_INET6, address.bytes.data(), text_, sizeof text_);
  length_ = std::strlen(text_);
}

}  // namespace leases
