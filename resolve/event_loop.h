#pragma once

#include <systemd/sd-event.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace leases::resolve {

struct EndOfLoop {
  void operator()(sd_event* loop) const { sd_event_unref(loop); }
};
struct EndOfSource {
  void operator()(sd_event_source* source) const { sd_event_source_disable_unref(source); }
};

/// What the loop waits for. It ends with this object.
using EventSource = std::unique_ptr<sd_event_source, EndOfSource>;

/// What is told of an event. It must outlive its source, and may end it when it is told.
class EventHandler {
 public:
  EventHandler() = default;
  EventHandler(const EventHandler&) = delete;
  EventHandler& operator=(const EventHandler&) = delete;
  virtual ~EventHandler() = default;

  /// `events` are those of epoll_ctl(2); 0: it is time.
  virtual void on_event(std::uint32_t events) = 0;
};

/// sd-event(3), until SIGTERM or SIGINT comes. Tells systemd that it is alive if systemd asks for that
/// (WatchdogSec=). All functions throw Error.
class EventLoop {
 public:
  EventLoop();

  EventSource on_descriptor(int descriptor, std::uint32_t events, EventHandler& handler);
  /// A timer, which start() starts. It has all descriptors that it needs, so start() works without any left.
  EventSource on_time(EventHandler& handler);

  /// Returns the exit status. An exception of a handler is logged and ends the loop with EXIT_FAILURE.
  int run();

 private:
  std::unique_ptr<sd_event, EndOfLoop> loop_;
};

/// A source of on_time() is to tell its handler once, after this time. Throws Error.
void start(const EventSource& timer, std::chrono::microseconds delay);

/// Changes what a source of on_descriptor() waits for. Throws Error.
void set_events(const EventSource& source, std::uint32_t events);

}  // namespace leases::resolve
