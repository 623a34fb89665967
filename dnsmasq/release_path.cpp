#include "dnsmasq/release_path.h"

#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "util/file.h"
#include "util/regular_file.h"
#include "util/socket_address.h"
#include "util/words.h"

namespace leases {

namespace {

/// The interface that the kernel's routes name for an address; empty if there is none.
std::string routed_interface(const IpAddress& address, const LocalSubnets& subnets) {
  const int family = address.family == Family::v4 ? AF_INET : AF_INET6;
  const FileDescriptor file(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // Any port will do: nothing is sent.
  constexpr in_port_t kPort = 9;
  SocketAddress socket_address(address, kPort);
  if (file.number() < 0 || ::connect(file.number(), socket_address.get(), socket_address.size()) != 0)
    return {};
  SocketAddress own;
  if (::getsockname(file.number(), own.get(), &own.size()) != 0) return {};
  const auto own_address = ip_address_of(own.get());
  return own_address ? subnets.interface_with(*own_address) : std::string();
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
