#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "common/address.h"

namespace leases {

/// An address and a port as the system's calls take them (sockaddr(3type)).
class SocketAddress {
 public:
  /// Any place for a call to put an address in.
  SocketAddress() = default;
  SocketAddress(const IpAddress& address, in_port_t port);

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t& size() { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = sizeof storage_;
};

/// Nothing if it is not of IPv4 or IPv6, or nullptr.
std::optional<IpAddress> ip_address_of(const sockaddr* socket_address);

}  // namespace leases
