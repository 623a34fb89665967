#include "resolve/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "resolve/hook_server.h"

namespace leases::resolve {

namespace {

/// Calls that are answered in one turn. Other peers have theirs after that.
constexpr int kCallsInTurn = 16;
constexpr uid_t kUnknownUser = static_cast<uid_t>(-1);

uid_t user_of(const FileDescriptor& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  const int result = ::getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
  return result == 0 ? peer.uid : kUnknownUser;
}

}  // namespace

Connection::Connection(EventLoop& loop, FileDescriptor socket, HookServer& server)
    : server_(server),
      socket_(std::move(socket)),
      user_(user_of(socket_)),
      source_(loop.on_descriptor(socket_.number(), EPOLLIN, *this)) {}

void Connection::on_event(std::uint32_t events) {
  // All but EPOLLOUT show in what is received, the end of the connection, too.
  const bool has_come = (events & ~std::uint32_t{EPOLLOUT}) != 0;
  if ((untaken() == 0 && has_come && !receive()) || !answer_calls() || !send()) return server_.remove(*this);
  if (kept() > 0 && !server_.may_keep(*this)) return;
  // A whole message that was read before makes no descriptor readable: the next turn comes with EPOLLOUT.
  set_events(source_, untaken() > 0 || inbox_.has_next() ? EPOLLOUT : EPOLLIN);
}

bool Connection::receive() {
  std::array<char, std::size_t{16} << 10> bytes;
  const ssize_t count = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  // After QueryFilter with "more", a peer has nothing to say until that call ends.
  if (count == 0 || follows_filter_) return false;
  inbox_.add({bytes.data(), static_cast<std::size_t>(count)});
  last_used_ = std::chrono::steady_clock::now();
  return !inbox_.is_too_long();
}

bool Connection::answer_calls() {
  for (int i = 0; i < kCallsInTurn; ++i) {
    if (untaken() > 0 && !send()) return false;
    if (untaken() > 0) return true;
    const auto message = inbox_.next();
    if (!message) return true;
    if (follows_filter_) return false;
    Response response = server_.service().respond(*message, server_.filter());
    switch (response.kind) {
      case Response::Kind::message:
        put(std::move(response.message));
        break;
      case Response::Kind::none:
        break;
      case Response::Kind::filter:
        follows_filter_ = true;
        put_filter();
        break;
      case Response::Kind::hang_up:
        return false;
    }
  }
  return true;
}

bool Connection::send() {
  while (untaken() > 0 || is_filter_due_) {
    if (untaken() == 0) put_filter();
    const ssize_t count = ::send(socket_.number(), outbox_.data() + sent_, untaken(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(count);
  }
  outbox_ = {};
  sent_ = 0;
  return true;
}

void Connection::put(std::string message) {
  outbox_ = std::move(message);
  sent_ = 0;
}

void Connection::put_filter() {
  is_filter_due_ = false;
  put(server_.filter_message());
}

void Connection::filter_changed() {
  if (!follows_filter_) return;
  is_filter_due_ = true;
  set_events(source_, EPOLLOUT);
}

}  // namespace leases::resolve
