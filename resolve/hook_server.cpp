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

HookServer::HookServer(EventLoop& loop, FileDescriptor socket)
    : loop_(loop),
      socket_(std::move(socket)),
      index_(paths::kRuntimeDirectory),
      service_([](const std::vector<RecordKey>& question) { return answer_of(question); }),
      filter_(query_filter().value_or(no_name())),
      peers_(loop.on_descriptor(socket_.number(), EPOLLIN, on_peer_)),
      pause_(loop.on_time(on_pause_over_)),
      changes_(loop.on_descriptor(index_.descriptor(), EPOLLIN, on_change_)) {}

void HookServer::accept() {
  if (connections_.size() == kMaxConnections) make_room();
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
  for (const Connection& connection : connections_) ++counts[connection.user()];
  const auto rank = [&](const Connection& connection) {
    return std::tuple(-static_cast<std::ptrdiff_t>(counts[connection.user()]), connection.follows_filter(),
                      connection.last_used());
  };
  connections_.erase(std::min_element(connections_.begin(), connections_.end(),
                                      [&](const auto& a, const auto& b) { return rank(a) < rank(b); }));
}

void HookServer::remove(Connection& connection) {
  connections_.remove_if([&](const Connection& other) { return &other == &connection; });
}

bool HookServer::may_wait(Connection& connection) {
  std::size_t kept = 0;
  for (const Connection& other : connections_) kept += other.kept();
  if (kept <= kMaxKept) return true;
  remove(connection);
  return false;
}

void HookServer::update_filter() {
  index_.renew();
  auto filter = query_filter();
  if (!filter || *filter == filter_) return;
  filter_ = std::move(*filter);
  for (auto next = connections_.begin(); next != connections_.end();) {
    // It may end.
    Connection& connection = *next++;
    connection.filter_changed();
  }
}

}  // namespace leases::resolve
