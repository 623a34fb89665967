#include "cli/checks/dns_question.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "util/file.h"

namespace leases::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience(1000);

void append_number(std::vector<std::uint8_t>& bytes, unsigned number) {
  bytes.push_back(static_cast<std::uint8_t>(number >> 8));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

ns_type type_of(Family family) {
  return family == Family::v4 ? ns_t_a : ns_t_aaaa;
}

/// RFC 1035, 4.1. No recursion is asked for: the server's own word counts.
std::vector<std::uint8_t> question(std::uint16_t id, std::string_view name, Family family) {
  std::vector<std::uint8_t> bytes;
  append_number(bytes, id);
  for (const unsigned field : {0U, 1U, 0U, 0U, 0U}) append_number(bytes, field);
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    bytes.push_back(static_cast<std::uint8_t>(label.size()));
    bytes.insert(bytes.end(), label.begin(), label.end());
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  bytes.push_back(0);
  append_number(bytes, type_of(family));
  append_number(bytes, ns_c_in);
  return bytes;
}

FileDescriptor connected_to(const IpAddress& server) {
  const bool is_four = server.family == Family::v4;
  FileDescriptor file(::socket(is_four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(NS_DEFAULTPORT);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(NS_DEFAULTPORT);
  std::memcpy(&four.sin_addr, server.bytes.data(), sizeof four.sin_addr);
  std::memcpy(&six.sin6_addr, server.bytes.data(), sizeof six.sin6_addr);
  const auto* address =
      is_four ? reinterpret_cast<const sockaddr*>(&four) : reinterpret_cast<const sockaddr*>(&six);
  const socklen_t length = is_four ? sizeof four : sizeof six;
  if (file.number() < 0 || ::connect(file.number(), address, length) != 0) return FileDescriptor(-1);
  return file;
}

/// Nothing if it is no answer to the question. A server that refuses gives none.
std::optional<std::set<IpAddress>> addresses_in(const std::uint8_t* bytes, std::size_t size, std::uint16_t id,
                                                Family family) {
  ns_msg message;
  if (::ns_initparse(bytes, static_cast<int>(size), &message) != 0 || ns_msg_id(message) != id) return {};
  std::set<IpAddress> addresses;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record;
    IpAddress address;
    address.family = family;
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0) return {};
    if (ns_rr_type(record) != type_of(family) || ns_rr_rdlen(record) != address.size()) continue;
    std::memcpy(address.bytes.data(), ns_rr_rdata(record), address.size());
    addresses.insert(address);
  }
  return addresses;
}

}  // namespace

std::optional<std::set<IpAddress>> ask_dns(const IpAddress& server, const std::string& name, Family family) {
  std::uint16_t id = 0;
  const FileDescriptor file = connected_to(server);
  if (file.number() < 0 || ::getrandom(&id, sizeof id, 0) != sizeof id) return {};
  const auto packet = question(id, name, family);
  if (::send(file.number(), packet.data(), packet.size(), 0) < 0) return {};
  const auto deadline = Clock::now() + kPatience;
  std::array<std::uint8_t, 4096> reply;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd readable{file.number(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) == 0) return {};
    const ssize_t size = ::recv(file.number(), reply.data(), reply.size(), 0);
    // Nobody listens there.
    if (size < 0 && errno != EINTR && errno != EAGAIN) return {};
    if (size < 0) continue;
    return addresses_in(reply.data(), static_cast<std::size_t>(size), id, family);
  }
}

}  // namespace leases::cli
