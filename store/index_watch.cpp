#include "store/index_watch.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <utility>

#include "util/error.h"
#include "util/log.h"
#include "util/resolved_path.h"

namespace leases {

namespace {

constexpr std::uint32_t kInDirectory =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kAbove = IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB;

/// The coarse clock by which leases expire (time(2)) may be a tick late.
constexpr long kTick = 10'000'000;  // ns
/// 2200: the timer does not take every time that an index may contain.
constexpr std::uint64_t kFarFuture = 7'258'118'400;

/// Between two looks where nothing can be watched.
constexpr long kBetweenLooks = 500'000'000;  // ns

FileDescriptor opened(int number, const char* what) {
  if (number < 0) throw errno_error(what, "is not available", errno);
  return FileDescriptor(number);
}

}  // namespace

IndexWatch::IndexWatch(std::string directory)
    : directory_(std::move(directory)),
      alarm_(opened(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC), "a timer")),
      ticks_(opened(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "a timer")),
      mounts_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)),
      reports_(opened(::epoll_create1(EPOLL_CLOEXEC), "epoll")) {
  watch_for(alarm_.number(), EPOLLIN);
  watch_for(ticks_.number(), EPOLLIN);
  if (mounts_.number() >= 0) watch_for(mounts_.number(), EPOLLPRI);
  renew();
}

void IndexWatch::watch_for(int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  if (::epoll_ctl(reports_.number(), EPOLL_CTL_ADD, descriptor, &event) != 0)
    throw errno_error("epoll", "cannot be set up", errno);
}

void IndexWatch::renew() {
  std::uint64_t expirations = 0;
  for (const FileDescriptor* timer : {&alarm_, &ticks_}) {
    while (::read(timer->number(), &expirations, sizeof expirations) > 0 || errno == EINTR) {
    }
  }
  changes_.begin();
  if (!reports_changes_ && changes_.descriptor() >= 0) {
    watch_for(changes_.descriptor(), EPOLLIN);
    reports_changes_ = true;
  }
  try {
    watch_directories();
    set_ticks(false);
  } catch (const Error& failure) {
    if (!std::exchange(reported_, true))
      log_line(std::string(failure.what()) + "; looking twice a second until then");
    set_ticks(true);
  }
  changes_.end();
}

void IndexWatch::watch_directories() {
  // From the root down: a directory that is made between two of these calls is reported by the one above.
  const auto target = resolved_path(
      directory_, [&](const std::filesystem::path& path) { changes_.add(path.parent_path(), kAbove); });
  changes_.add(target, kInDirectory);
}

void IndexWatch::set_ticks(bool on) {
  if (std::exchange(ticks_on_, on) == on) return;
  itimerspec time{};
  if (on) time.it_value.tv_nsec = time.it_interval.tv_nsec = kBetweenLooks;
  ::timerfd_settime(ticks_.number(), 0, &time, nullptr);
}

void IndexWatch::set_alarm(ExpiryTime next) {
  const std::uint64_t seconds = next.infinite() ? kFarFuture : std::min(next.seconds, kFarFuture);
  itimerspec time{};
  time.it_value = {static_cast<std::time_t>(seconds), kTick};
  ::timerfd_settime(alarm_.number(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &time, nullptr);
}

}  // namespace leases
