#include "resolve/hook_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "paths.h"
#include "resolve/hook_answer.h"
#include "resolve/query_filter.h"
#include "util/error.h"

namespace leases::resolve {

namespace {

/// The system's users have smaller numbers (Debian Policy, 9.2.2), resolved's among them. All others are one
/// party: each of them has 65,536 more numbers at hand (subuid(5)).
constexpr uid_t kFirstOfPeople = 1000;

uid_t party_of(const Connection& connection) {
  return std::min(connection.user(), kFirstOfPeople);
}

}  // namespace

HookServer::HookServer(EventLoop& loop, FileDescriptor socket)
    : loop_(loop),
      socket_(std::move(socket)),
      index_(paths::kRuntimeDirectory),
      service_([](const std::vector<RecordKey>& question) { return answer_of(question); }),
      filter_(every_name()),
      filter_message_(varlink_reply(filter_, Continues::yes)),
      peers_(loop.on_descriptor(socket_.number(), EPOLLIN, on_peer_)),
      pause_(loop.on_time(on_pause_over_)),
      retry_(loop.on_time(on_change_)),
      changes_(loop.on_descriptor(index_.descriptor(), EPOLLIN, on_change_)) {
  update_filter();
}

void HookServer::accept() {
  FileDescriptor peer(::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (peer.number() < 0) {
    // The peer goes on waiting, which would wake this process again and again.
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) pause();
    return;
  }
  try {
    connections_.emplace_back(loop_, std::move(peer), *this);
  } catch (const Error&) {
    // The loop has no room for it (epoll(7), max_user_watches). The others go on.
    pause();
  }
  if (connections_.size() > kMaxConnections) make_room();
}

void HookServer::pause() {
  set_events(peers_, 0);
  start(pause_, std::chrono::milliseconds(100));
}

void HookServer::accept_again() {
  set_events(peers_, EPOLLIN);
}

void HookServer::make_room() {
  std::map<uid_t, std::size_t> counts;
  for (const Connection& connection : connections_) ++counts[party_of(connection)];
  const auto rank = [&](const Connection& connection) {
    return std::tuple(-static_cast<std::ptrdiff_t>(counts[party_of(connection)]), connection.follows_filter(),
                      connection.last_used());
  };
  connections_.erase(std::min_element(connections_.begin(), connections_.end(),
                                      [&](const auto& a, const auto& b) { return rank(a) < rank(b); }));
}

void HookServer::remove(const Connection& connection) {
  connections_.remove_if([&](const Connection& other) { return &other == &connection; });
}

bool HookServer::may_keep(const Connection& connection) {
  std::size_t total = 0;
  std::map<uid_t, std::size_t> kept;
  for (const Connection& other : connections_) {
    total += other.kept();
    kept[party_of(other)] += other.kept();
  }
  if (total <= kMaxKept) return true;
  const auto rank = [&](const Connection& other) { return std::pair(kept[party_of(other)], other.kept()); };
  const auto largest = std::max_element(connections_.begin(), connections_.end(),
                                        [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  const bool stays = &*largest != &connection;
  connections_.erase(largest);
  return stays;
}

void HookServer::update_filter() {
  index_.renew();
  auto filter = query_filter();
  // Nothing tells when the system has a descriptor or memory again.
  if (!filter) start(retry_, std::chrono::seconds(1));
  if (!filter || *filter == filter_) return;
  filter_ = std::move(*filter);
  filter_message_ = varlink_reply(filter_, Continues::yes);
  for (Connection& connection : connections_) connection.filter_changed();
}

}  // namespace leases::resolve
