#include "dnsmasq/release_path.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "util/file.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

namespace {

socklen_t to_socket_address(const IpAddress& address, sockaddr_storage& storage) {
  // Any port does: nothing is sent.
  constexpr in_port_t kPort = 9;
  if (address.family == Family::v4) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(kPort);
    std::memcpy(&four.sin_addr, address.bytes.data(), sizeof four.sin_addr);
    std::memcpy(&storage, &four, sizeof four);
    return sizeof four;
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(kPort);
  std::memcpy(&six.sin6_addr, address.bytes.data(), sizeof six.sin6_addr);
  std::memcpy(&storage, &six, sizeof six);
  return sizeof six;
}

IpAddress from_socket_address(const sockaddr_storage& storage) {
  IpAddress address;
  if (storage.ss_family == AF_INET6) {
    address.family = Family::v6;
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
  } else {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
  }
  return address;
}

/// The interface that the kernel's routes name for an address; empty if there is none.
std::string routed_interface(const IpAddress& address, const LocalSubnets& subnets) {
  const int family = address.family == Family::v4 ? AF_INET : AF_INET6;
  const FileDescriptor file(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  socklen_t length = to_socket_address(address, storage);
  if (file.number() < 0 || ::connect(file.number(), reinterpret_cast<sockaddr*>(&storage), length) != 0)
    return {};
  length = sizeof storage;
  if (::getsockname(file.number(), reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return subnets.interface_with(from_socket_address(storage));
}

}  // namespace

std::vector<std::string> interfaces_toward(const Lease& lease, const LocalSubnets& subnets,
                                           const std::vector<Lease>& present) {
  std::vector<std::string> interfaces;
  const auto add = [&](const std::string& interface) {
    const bool is_known = std::find(interfaces.begin(), interfaces.end(), interface) != interfaces.end();
    if (!interface.empty() && !is_known && interface != "lo") interfaces.push_back(interface);
  };
  const std::string network(lease.network);
  if (subnets.prefix_length(network, lease.address)) add(network);
  add(subnets.interface_of(lease.address));
  if (subnets.has(network, lease.address.family)) add(network);
  add(routed_interface(lease.address, subnets));
  for (const Lease& other : present) {
    if (other.network == lease.network && other.address.family == lease.address.family)
      add(subnets.interface_of(other.address));
  }
  return interfaces;
}

bool receives_dhcp(Family family) {
  // proc(5): the local address and port in hexadecimal, in the second column.
  const bool is_four = family == Family::v4;
  const std::string_view port = is_four ? ":0043" : ":0223";
  const RegularFile file = read_regular_file(is_four ? "/proc/net/udp" : "/proc/net/udp6");
  if (!file.read()) return true;
  const auto lines = lines_of(file.text);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
    const auto words = words_of(line);
    return words.size() > 1 && words[1].ends_with(port);
  });
}

}  // namespace leases
