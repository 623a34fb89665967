#include "resolve/event_loop.h"

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <utility>

#include "util/error.h"
#include "util/log.h"

namespace leases::resolve {

namespace {

/// Of what libsystemd returns: an error is a negative number of errno(3).
int checked(int result) {
  if (result < 0) throw errno_error("the event loop", "fails", -result);
  return result;
}

/// An exception must not go through the functions of the loop, which are C.
int tell(sd_event_source* source, EventHandler& handler, std::uint32_t events) noexcept {
  sd_event* loop = sd_event_source_get_event(source);
  try {
    handler.on_event(events);
    return 0;
  } catch (const std::exception& error) {
    log_line(error.what());
    return sd_event_exit(loop, EXIT_FAILURE);
  }
}

int on_io(sd_event_source* source, int, std::uint32_t events, void* handler) {
  return tell(source, *static_cast<EventHandler*>(handler), events);
}

int on_timer(sd_event_source* source, std::uint64_t, void* handler) {
  return tell(source, *static_cast<EventHandler*>(handler), 0);
}

}  // namespace

EventLoop::EventLoop() {
  sd_event* loop = nullptr;
  checked(sd_event_new(&loop));
  loop_.reset(loop);
  sigset_t stop;
  ::sigemptyset(&stop);
  for (const int number : {SIGTERM, SIGINT}) ::sigaddset(&stop, number);
  ::sigprocmask(SIG_BLOCK, &stop, nullptr);
  // Without a handler of ours, the signal ends the loop with status 0.
  for (const int number : {SIGTERM, SIGINT})
    checked(sd_event_add_signal(loop, nullptr, number, nullptr, nullptr));
  checked(sd_event_set_watchdog(loop, 1));
}

EventSource EventLoop::on_descriptor(int descriptor, std::uint32_t events, EventHandler& handler) {
  sd_event_source* source = nullptr;
  checked(sd_event_add_io(loop_.get(), &source, descriptor, events, on_io, &handler));
  return EventSource(source);
}

EventSource EventLoop::on_time(EventHandler& handler) {
  sd_event_source* source = nullptr;
  checked(sd_event_add_time(loop_.get(), &source, CLOCK_MONOTONIC, 0, 0, on_timer, &handler));
  EventSource timer(source);
  checked(sd_event_source_set_enabled(source, SD_EVENT_OFF));
  return timer;
}

int EventLoop::run() {
  return checked(sd_event_loop(loop_.get()));
}

void start(const EventSource& timer, std::chrono::microseconds delay) {
  checked(sd_event_source_set_time_relative(timer.get(), static_cast<std::uint64_t>(delay.count())));
  checked(sd_event_source_set_enabled(timer.get(), SD_EVENT_ONESHOT));
}

void set_events(const EventSource& source, std::uint32_t events) {
  checked(sd_event_source_set_io_events(source.get(), events));
}

}  // namespace leases::resolve
