#include "util/stop_signals.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

#include "util/error.h"

namespace leases {

FileDescriptor stop_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  FileDescriptor stop(::signalfd(-1, &signals, SFD_CLOEXEC));
  if (stop.number() < 0) throw errno_error("a signal descriptor", "cannot be created", errno);
  return stop;
}

}  // namespace leases
