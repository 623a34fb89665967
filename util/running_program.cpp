#include "util/running_program.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "util/error.h"
#include "util/spawn.h"

namespace leases {

namespace {

pid_t start(std::vector<std::string> arguments) {
  FileActions actions;
  actions.open_empty_input();
  return spawn(arguments, actions);
}

}  // namespace

RunningProgram::RunningProgram(const std::vector<std::string>& arguments)
    : name_(arguments.at(0)),
      process_(start(arguments)),
      // Its number is not given to another process before it is waited for.
      handle_(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0))) {
  if (handle_.number() >= 0) return;
  const int error = errno;
  ::kill(process_, SIGTERM);
  throw errno_error(name_, "cannot be watched", error);
}

RunningProgram::~RunningProgram() {
  if (process_ != 0) ::kill(process_, SIGTERM);
}

int RunningProgram::wait() {
  return exit_status_of(wait_for(std::exchange(process_, 0), name_));
}

}  // namespace leases
