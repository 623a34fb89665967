#pragma once

#include <sys/time.h>

#include <chrono>
#include <csignal>

namespace leases {

/// While an object of this class exists, a system call that this process waits in ends again and again
/// (EINTR, by SIGALRM), each time after an interval: for waits without a time-out of their own, such as for a
/// lock. A call that is made just after an interval has passed is interrupted an interval later. One thread
/// only.
class Interruptions {
 public:
  explicit Interruptions(std::chrono::milliseconds interval);
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;
  ~Interruptions();

 private:
  struct sigaction action_ {};
  sigset_t mask_{};
  itimerval timer_{};
};

}  // namespace leases
