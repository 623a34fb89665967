#pragma once

#include <sys/time.h>

#include <csignal>

namespace leases {

/// While an object of this class exists, a system call that this process waits in ends once in a second
/// (EINTR, by SIGALRM): for what has no time-out of its own, such as a lock, or the end of a child process. A
/// call that is made just after a second has passed is interrupted a second later. One thread only.
class Interruptions {
 public:
  Interruptions();
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;
  ~Interruptions();

 private:
  struct sigaction action_ {};
  sigset_t mask_{};
  itimerval timer_{};
};

}  // namespace leases
