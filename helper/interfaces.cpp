#include "helper/interfaces.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <bit>
#include <cstring>
#include <functional>
#include <memory>

namespace leases {

namespace {

std::optional<IpAddress> address_from(const sockaddr* socket_address) {
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

unsigned length_of(const IpAddress& mask) {
  unsigned length = 0;
  for (const std::uint8_t byte : mask.bytes) length += static_cast<unsigned>(std::popcount(byte));
  return length;
}

bool same_subnet(const IpAddress& a, const IpAddress& b, const IpAddress& mask) {
  if (a.family != b.family || a.family != mask.family) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (((a.bytes[i] ^ b.bytes[i]) & mask.bytes[i]) != 0) return false;
  }
  return true;
}

struct Subnet {
  std::string interface;
  unsigned prefix_length;
};

/// The narrowest subnet of this host that holds an address, among those of the interfaces that are `wanted`.
std::optional<Subnet> subnet_of(const IpAddress& address,
                                const std::function<bool(std::string_view)>& wanted) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(first, ::freeifaddrs);
  std::optional<Subnet> narrowest;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    const auto own = address_from(entry->ifa_addr);
    const auto mask = address_from(entry->ifa_netmask);
    if (!own || !mask || !wanted(entry->ifa_name) || !same_subnet(*own, address, *mask)) continue;
    const unsigned length = length_of(*mask);
    if (!narrowest || length > narrowest->prefix_length) narrowest = Subnet{entry->ifa_name, length};
  }
  return narrowest;
}

}  // namespace

std::string interface_of(const IpAddress& address) {
  const auto subnet = subnet_of(address, [](std::string_view) { return true; });
  return subnet ? subnet->interface : std::string();
}

std::optional<unsigned> prefix_length(std::string_view interface, const IpAddress& address) {
  const auto subnet = subnet_of(address, [&](std::string_view name) { return name == interface; });
  if (!subnet) return {};
  return subnet->prefix_length;
}

}  // namespace leases
