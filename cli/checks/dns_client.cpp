#include "cli/checks/dns_client.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>

#include "cli/checks/dns_message.h"
#include "dnsmasq/release_path.h"
#include "util/file.h"
#include "util/local_subnets.h"

namespace leases::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience(1000);

FileDescriptor connected_to(const IpAddress& server, std::uint16_t port) {
  const bool is_four = server.family == Family::v4;
  FileDescriptor file(::socket(is_four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  std::memcpy(&four.sin_addr, server.bytes.data(), sizeof four.sin_addr);
  std::memcpy(&six.sin6_addr, server.bytes.data(), sizeof six.sin6_addr);
  const auto* address =
      is_four ? reinterpret_cast<const sockaddr*>(&four) : reinterpret_cast<const sockaddr*>(&six);
  const socklen_t length = is_four ? sizeof four : sizeof six;
  if (file.number() < 0 || ::connect(file.number(), address, length) != 0) return FileDescriptor(-1);
  return file;
}

}  // namespace

std::optional<std::set<IpAddress>> ask_dns(const IpAddress& server, const std::string& name, Family family,
                                           std::uint16_t port) {
  std::uint16_t id = 0;
  const FileDescriptor file = connected_to(server, port);
  if (file.number() < 0 || ::getrandom(&id, sizeof id, 0) != sizeof id) return {};
  const auto packet = dns_question(id, name, family);
  if (::send(file.number(), packet.data(), packet.size(), 0) < 0) return {};
  const auto deadline = Clock::now() + kPatience;
  std::array<std::uint8_t, 4096> reply;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd readable{file.number(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) == 0) return {};
    const ssize_t size = ::recv(file.number(), reply.data(), reply.size(), 0);
    // ECONNREFUSED: nothing listens there.
    if (size < 0 && errno != EINTR && errno != EAGAIN) return {};
    if (size < 0) continue;
    return dns_answer(std::span(reply).first(static_cast<std::size_t>(size)), id, family);
  }
}

std::optional<IpAddress> dns_server_of(const Lease& lease) {
  const LocalSubnets subnets;
  for (const std::string& interface : interfaces_toward(lease, subnets, {})) {
    if (auto own = subnets.own_address(interface, lease.address)) return own;
  }
  return {};
}

}  // namespace leases::cli
