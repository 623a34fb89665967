#include "cli/release/relayed_release.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "util/error.h"
#include "util/file.h"

namespace leases::cli {

namespace {

using Bytes = std::vector<std::uint8_t>;

// RFC 8415, 7.3 and 21.
constexpr std::uint8_t kRelease = 8;
constexpr std::uint8_t kRelayForward = 12;
constexpr std::uint16_t kClientId = 1;
constexpr std::uint16_t kServerId = 2;
constexpr std::uint16_t kIdentityAssociation = 3;
constexpr std::uint16_t kTemporaryAssociation = 4;
constexpr std::uint16_t kAddress = 5;
constexpr std::uint16_t kRelayMessage = 9;
constexpr in_port_t kServerPort = 547;
constexpr const char* kAllServers = "ff02::1:2";

void append(Bytes& bytes, std::span<const std::uint8_t> more) {
  std::ranges::copy(more, std::back_inserter(bytes));
}

void append_number(Bytes& bytes, std::uint32_t number, unsigned size) {
  while (size-- > 0) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * size)));
}

void append_option(Bytes& bytes, std::uint16_t code, std::span<const std::uint8_t> value) {
  append_number(bytes, code, 2);
  append_number(bytes, static_cast<std::uint32_t>(value.size()), 2);
  append(bytes, value);
}

/// The value of an identity association: IAID, times, and the address.
Bytes association_of(const Lease& lease) {
  Bytes address(lease.address.bytes.begin(), lease.address.bytes.end());
  append_number(address, 0, 4);  // preferred lifetime
  append_number(address, 0, 4);  // valid lifetime
  Bytes association;
  append_number(association, lease.iaid->value, 4);
  if (!lease.iaid->temporary) {
    append_number(association, 0, 4);  // T1
    append_number(association, 0, 4);  // T2
  }
  append_option(association, kAddress, address);
  return association;
}

Bytes release_of(const Lease& lease, const Transaction& transaction) {
  Bytes message{kRelease};
  append(message, transaction);
  append_option(message, kClientId, lease.client_id);
  append_option(message, kServerId, lease.server_duid);
  append_option(message, lease.iaid->temporary ? kTemporaryAssociation : kIdentityAssociation,
                association_of(lease));
  return message;
}

/// dnsmasq finds its dhcp-range by the relay's address on the client's link, for which any address of that
/// subnet will do.
Bytes relayed(const Lease& lease, const Bytes& message) {
  constexpr std::uint8_t kHops = 0;
  Bytes packet{kRelayForward, kHops};
  append(packet, lease.address.bytes);
  append(packet, lease.address.bytes);  // the client's
  append_option(packet, kRelayMessage, message);
  return packet;
}

}  // namespace

Bytes relayed_release(const Lease& lease, const Transaction& transaction) {
  return relayed(lease, release_of(lease, transaction));
}

void send_relayed_release(const Lease& lease, const std::string& interface) {
  Transaction transaction{};
  if (::getrandom(transaction.data(), transaction.size(), 0) < 0)
    throw errno_error("getrandom", "failed", errno);
  const Bytes packet = relayed_release(lease, transaction);
  const FileDescriptor file(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (file.number() < 0) throw errno_error("socket", "cannot be created", errno);
  sockaddr_in6 servers{};
  servers.sin6_family = AF_INET6;
  servers.sin6_port = htons(kServerPort);
  servers.sin6_scope_id = ::if_nametoindex(interface.c_str());
  ::inet_pton(AF_INET6, kAllServers, &servers.sin6_addr);
  const ssize_t sent = ::sendto(file.number(), packet.data(), packet.size(), 0,
                                reinterpret_cast<const sockaddr*>(&servers), sizeof servers);
  if (sent < 0) throw errno_error(interface, "cannot send a release", errno);
}

}  // namespace leases::cli
