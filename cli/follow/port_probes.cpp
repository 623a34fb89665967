#include "cli/follow/port_probes.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "util/error.h"

namespace leases::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kFirstPause = 100ms;
constexpr auto kLongestPause = 2s;
constexpr rlim_t kMostUnderWay = 256;
/// Descriptors left for everything else: the index is opened again and again.
constexpr rlim_t kLeftForOthers = 32;

std::size_t most_under_way() {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  if (descriptors.rlim_cur <= kLeftForOthers) return 1;
  return static_cast<std::size_t>(std::min(descriptors.rlim_cur - kLeftForOthers, kMostUnderWay));
}

/// Whether this host could not try, which says nothing about the address.
bool has_no_room(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

int connect_to(int socket, const IpAddress& address, std::uint16_t port) {
  if (address.family == Family::v4) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    std::memcpy(&name.sin_addr, address.bytes.data(), sizeof name.sin_addr);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  }
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(port);
  std::memcpy(&name.sin6_addr, address.bytes.data(), sizeof name.sin6_addr);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name);
}

}  // namespace

PortProbes::PortProbes(std::uint16_t port, Clock::duration patience)
    : port_(port),
      patience_(patience),
      most_under_way_(most_under_way()),
      answers_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (answers_.number() < 0) throw errno_error("epoll", "is not available", errno);
}

void PortProbes::set_addresses(const std::set<IpAddress>& addresses) {
  for (auto probe = probes_.begin(); probe != probes_.end();) {
    const bool wanted = addresses.contains(probe->first);
    if (!wanted) end(probe->second);
    probe = wanted ? std::next(probe) : probes_.erase(probe);
  }
  for (const IpAddress& address : addresses) probes_.try_emplace(address);
}

void PortProbes::advance() {
  for (auto& [address, probe] : probes_) {
    if (!probe.accepted) advance(address, probe);
  }
}

void PortProbes::advance(const IpAddress& address, Probe& probe) {
  const bool is_due = Clock::now() >= probe.due;
  if (probe.socket.number() < 0) {
    if (is_due && under_way_ < most_under_way_) begin(address, probe);
    return;
  }
  // A second connect(2) returns the result of the first.
  const int result = connect_to(probe.socket.number(), address, port_);
  take_answer(probe, result, is_due && result != 0 && errno == EALREADY ? ETIMEDOUT : errno);
}

void PortProbes::begin(const IpAddress& address, Probe& probe) {
  const int family = address.family == Family::v4 ? AF_INET : AF_INET6;
  probe.socket = FileDescriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  probe.due = Clock::now() + patience_;
  epoll_event event{};
  event.events = EPOLLOUT;
  const int number = probe.socket.number();
  if (number >= 0) ++under_way_;
  const bool begun = number >= 0 && ::epoll_ctl(answers_.number(), EPOLL_CTL_ADD, number, &event) == 0;
  const int result = begun ? connect_to(number, address, port_) : -1;
  take_answer(probe, result, errno);
}

void PortProbes::take_answer(Probe& probe, int result, int error) {
  if (result != 0 && (error == EINPROGRESS || error == EALREADY || error == EINTR)) return;
  probe.accepted = result == 0 || error == EISCONN;
  end(probe);
  // Without room it waits for other attempts to end; if there are none, nothing would ever end.
  probe.tried = probe.tried || probe.accepted || !has_no_room(error) || under_way_ == 0;
  probe.pause = std::clamp<Clock::duration>(probe.pause * 2, kFirstPause, kLongestPause);
  probe.due = Clock::now() + probe.pause;
}

void PortProbes::end(Probe& probe) {
  if (probe.socket.number() >= 0) --under_way_;
  probe.socket = FileDescriptor(-1);
}

bool PortProbes::all_tried() const {
  return std::ranges::all_of(probes_, [](const auto& probe) { return probe.second.tried; });
}

bool PortProbes::accepts(const IpAddress& address) const {
  const auto probe = probes_.find(address);
  return probe != probes_.end() && probe->second.accepted;
}

PortProbes::Clock::time_point PortProbes::due() const {
  auto due = Clock::time_point::max();
  for (const auto& [address, probe] : probes_) {
    const bool waits_for_room = probe.socket.number() < 0 && under_way_ >= most_under_way_;
    if (!probe.accepted && !waits_for_room) due = std::min(due, probe.due);
  }
  return due;
}

}  // namespace leases::cli
