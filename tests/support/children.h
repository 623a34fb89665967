#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace leases::test {

/// Waits for a process. Its exit status, or minus the number of the signal that ended it.
inline int result_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
  }
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// Runs body, which returns an exit status, in a child. SIGALRM ends the child after so many seconds, which
/// on a busy machine must be enough for work of milliseconds.
template <typename Body>
[[nodiscard]] int in_child(Body&& body, unsigned seconds = 120) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(seconds);
    ::_exit(body());
  }
  return result_of(child);
}

/// A program's exit status, as of result_of(), and its standard output and standard error.
struct Finished {
  int status;
  std::string output;
};
/// The program has this process's environment,
Finished run(const std::vector<std::string>& command);
/// or only these variables, each NAME=value.
Finished run(const std::vector<std::string>& command, const std::vector<std::string>& environment);

}  // namespace leases::test
