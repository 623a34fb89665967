#pragma once

#include <list>

#include "resolve/connection.h"
#include "resolve/event_loop.h"
#include "resolve/hook_service.h"
#include "store/index_watch.h"
#include "util/file.h"

namespace leases::resolve {

/// Serves the hook on a socket that listens, in one thread, and watches the index for changes of the filter.
class HookServer : public ConnectionOwner {
 public:
  /// systemd-resolved keeps six, and has one more for each lookup that it waits for. The one that is closed
  /// when there are more is the longest unused of the user who has most, so no user keeps another one out.
  static constexpr std::size_t kMaxConnections = 512;
  /// Bytes of replies that are kept for all peers together, since they do not take them.
  static constexpr std::size_t kMaxKept = std::size_t{8} << 20;

  HookServer(EventLoop& loop, FileDescriptor socket);

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

  [[nodiscard]] const HookService& service() const override { return service_; }
  [[nodiscard]] const Json& filter() const override { return filter_; }
  void remove(Connection& connection) override;
  bool may_wait(Connection& connection) override;

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
  std::list<Connection> connections_;
  Handler on_peer_{*this, &HookServer::accept};
  Handler on_pause_over_{*this, &HookServer::accept_again};
  Handler on_change_{*this, &HookServer::update_filter};
  EventSource peers_;
  EventSource pause_;
  EventSource changes_;
};

}  // namespace leases::resolve
