#include "util/socket_address.h"

#include <cstring>

namespace leases {

SocketAddress::SocketAddress(const IpAddress& address, in_port_t port) {
  if (address.family == Family::v4) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&four.sin_addr, address.bytes.data(), sizeof four.sin_addr);
    std::memcpy(&storage_, &four, sizeof four);
    size_ = sizeof four;
  } else {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    std::memcpy(&six.sin6_addr, address.bytes.data(), sizeof six.sin6_addr);
    std::memcpy(&storage_, &six, sizeof six);
    size_ = sizeof six;
  }
}

std::optional<IpAddress> ip_address_of(const sockaddr* socket_address) {
  if (socket_address == nullptr) return {};
  IpAddress address;
  if (socket_address->sa_family == AF_INET) {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in*>(socket_address)->sin_addr, 4);
    return address;
  }
  if (socket_address->sa_family == AF_INET6) {
    address.family = Family::v6;
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(socket_address)->sin6_addr, 16);
    return address;
  }
  return {};
}

}  // namespace leases
