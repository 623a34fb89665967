#include "util/interruptions.h"

namespace leases {

/// dnsmasq ignores SIGALRM, and whom it starts inherits that.
Interruptions::Interruptions() {
  struct sigaction interrupt {};
  interrupt.sa_handler = [](int) {};
  sigset_t alarm;
  ::sigemptyset(&alarm);
  ::sigaddset(&alarm, SIGALRM);
  ::sigaction(SIGALRM, &interrupt, &action_);
  ::sigprocmask(SIG_UNBLOCK, &alarm, &mask_);
  const itimerval each_second{{1, 0}, {1, 0}};
  ::setitimer(ITIMER_REAL, &each_second, &timer_);
}

Interruptions::~Interruptions() {
  ::setitimer(ITIMER_REAL, &timer_, nullptr);
  ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
  ::sigaction(SIGALRM, &action_, nullptr);
}

}  // namespace leases
