#include "util/interruptions.h"

namespace leases {

/// dnsmasq ignores SIGALRM, and programs that it starts inherit that.
Interruptions::Interruptions(std::chrono::milliseconds interval) {
  struct sigaction interrupt {};
  interrupt.sa_handler = [](int) {};
  sigset_t alarm;
  ::sigemptyset(&alarm);
  ::sigaddset(&alarm, SIGALRM);
  ::sigaction(SIGALRM, &interrupt, &action_);
  ::sigprocmask(SIG_UNBLOCK, &alarm, &mask_);
  const auto whole = std::chrono::floor<std::chrono::seconds>(interval);
  const timeval time{whole.count(), std::chrono::microseconds(interval - whole).count()};
  const itimerval each{time, time};
  ::setitimer(ITIMER_REAL, &each, &timer_);
}

Interruptions::~Interruptions() {
  ::setitimer(ITIMER_REAL, &timer_, nullptr);
  ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
  ::sigaction(SIGALRM, &action_, nullptr);
}

}  // namespace leases
