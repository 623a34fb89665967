#include "util/spawn.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "util/error.h"

namespace leases {

namespace {

/// posix_spawn(3)'s attributes of a program that can be ended: this process may have signals blocked.
class NoSignalBlocked {
 public:
  NoSignalBlocked() {
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  NoSignalBlocked(const NoSignalBlocked&) = delete;
  NoSignalBlocked& operator=(const NoSignalBlocked&) = delete;
  ~NoSignalBlocked() { ::posix_spawnattr_destroy(&attributes_); }

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

void expect_child() {
  ::signal(SIGCHLD, SIG_DFL);
}

void FileActions::open_empty_input() {
  ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
}

pid_t spawn(std::vector<std::string>& arguments, FileActions& actions) {
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  expect_child();
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, words[0], actions.get(), NoSignalBlocked().get(), words.data(), environ);
  if (error != 0) throw errno_error(arguments[0], "cannot be run", error);
  return child;
}

int wait_for(pid_t child, const std::string& name) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw errno_error(name, "cannot be waited for", errno);
  }
  return status;
}

int exit_status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace leases
