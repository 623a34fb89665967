#pragma once

#include <list>
#include <string>

#include "resolve/connection.h"
#include "resolve/event_loop.h"
#include "resolve/hook_service.h"
#include "store/index_watch.h"
#include "util/file.h"

namespace leases::resolve {

/// Serves the hook on a socket that listens, in one thread, and watches the index for changes of the filter.
class HookServer {
 public:
  /// systemd-resolved keeps six, and has one more for each lookup that it waits for. The one that is closed
  /// when there are more is the longest unused of the party that has most, so no party keeps another one out.
  static constexpr std::size_t kMaxConnections = 512;
  /// Bytes that are kept for all peers together: of unfinished messages, and of replies that are not taken.
  static constexpr std::size_t kMaxKept = std::size_t{8} << 20;

  HookServer(EventLoop& loop, FileDescriptor socket);

  [[nodiscard]] const HookService& service() const { return service_; }
  [[nodiscard]] const Json& filter() const { return filter_; }
  /// The reply to a QueryFilter that wants to know each change.
  [[nodiscard]] const std::string& filter_message() const { return filter_message_; }
  /// Ends a connection.
  void remove(const Connection& connection);
  /// Bytes are kept for a peer. May end connections, and returns false if this is one of them.
  bool may_keep(const Connection& connection);

 private:
  /// A member function as a handler.
  class Handler : public EventHandler {
   public:
    Handler(HookServer& server, void (HookServer::*function)()) : server_(server), function_(function) {}
    void on_event(std::uint32_t) override { (server_.*function_)(); }

   private:
    HookServer& server_;
    void (HookServer::*function_)();
  };

  void accept();
  void pause();
  void accept_again();
  void make_room();
  void update_filter();

  EventLoop& loop_;
  FileDescriptor socket_;
  IndexWatch index_;
  HookService service_;
  Json filter_;
  std::string filter_message_;
  std::list<Connection> connections_;
  Handler on_peer_{*this, &HookServer::accept};
  Handler on_pause_over_{*this, &HookServer::accept_again};
  Handler on_change_{*this, &HookServer::update_filter};
  EventSource peers_;
  EventSource pause_;
  EventSource retry_;
  EventSource changes_;
};

}  // namespace leases::resolve
