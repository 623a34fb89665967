#include "util/run_main.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <stdexcept>

namespace leases::test {

namespace {

constexpr int kFailed = 7;

/// The exit status of a program whose main() does this with a umask of 077.
int status_of_program(const std::function<int(mode_t)>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDERR_FILENO);
    ::umask(077);
    ::_exit(run_main("program", kFailed, body));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_SUITE_BEGIN("run_main");

TEST_CASE("the exit status is the body's, or that of a failure if it throws") {
  CHECK(status_of_program([](mode_t) { return 3; }) == 3);
  CHECK(status_of_program([](mode_t) -> int { throw std::runtime_error("broken"); }) == kFailed);
}

TEST_CASE("the body gets the umask of the caller, and new files are readable by everybody") {
  CHECK(status_of_program([](mode_t umask) { return umask == 077 && ::umask(0) == 022 ? 1 : 0; }) == 1);
}

TEST_CASE("no file that is opened takes the place of a stream that the caller closed") {
  CHECK(status_of_program([](mode_t) {
          const int file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
          return file > STDERR_FILENO && ::write(STDERR_FILENO, "x", 1) < 0 && errno == EBADF ? 1 : 0;
        }) == 1);
}

TEST_CASE("a limit on the size of files is not a signal") {
  CHECK(status_of_program([](mode_t) { return ::raise(SIGXFSZ); }) == 0);
}

TEST_SUITE_END();

}  // namespace leases::test
