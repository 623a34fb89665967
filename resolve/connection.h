#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "resolve/event_loop.h"
#include "resolve/hook_service.h"
#include "resolve/message_buffer.h"
#include "util/file.h"

namespace leases::resolve {

class HookServer;

/// A peer that asks. While it leaves a reply untaken, nothing more is read from it, so what is kept for it is
/// one message of each direction. It has a turn of bounded length at a time.
class Connection : private EventHandler {
 public:
  Connection(EventLoop& loop, FileDescriptor socket, HookServer& server);

  /// The filter has changed: the peer's next turn sends it, if the peer wants to know.
  void filter_changed();

  [[nodiscard]] uid_t user() const { return user_; }
  /// When the peer last sent something, or was accepted.
  [[nodiscard]] std::chrono::steady_clock::time_point last_used() const { return last_used_; }
  /// Whether the peer is told each change of the filter, for which it waits in silence.
  [[nodiscard]] bool follows_filter() const { return follows_filter_; }
  /// Bytes that are kept for the peer: of unfinished messages of its own, and of replies that it has not
  /// taken.
  [[nodiscard]] std::size_t kept() const { return inbox_.kept() + outbox_.size(); }

 private:
  void on_event(std::uint32_t events) override;
  /// These return false if the connection has to end.
  bool receive();
  bool answer_calls();
  bool send();

  [[nodiscard]] std::size_t untaken() const { return outbox_.size() - sent_; }
  void put(std::string message);
  void put_filter();

  HookServer& server_;
  FileDescriptor socket_;
  uid_t user_;
  std::chrono::steady_clock::time_point last_used_ = std::chrono::steady_clock::now();
  MessageBuffer inbox_;
  std::string outbox_;
  std::size_t sent_ = 0;  ///< of the outbox
  bool follows_filter_ = false;
  bool is_filter_due_ = false;  ///< it has changed since it was put into the outbox
  EventSource source_;
};

}  // namespace leases::resolve
