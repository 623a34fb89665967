#include "util/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "util/error.h"
#include "util/file.h"

namespace leases::test {

namespace {

/// Which nobody writes to.
class Quiet {
 public:
  Quiet() { REQUIRE(::pipe(ends_.data()) == 0); }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  [[nodiscard]] int number() const { return ends_[0]; }
  void write() const { REQUIRE(::write(ends_[1], "x", 1) == 1); }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace

TEST_SUITE_BEGIN("process");

TEST_CASE("a program that runs gives its output and its status") {
  const ProgramResult result = run_program({"sh", "-c", "echo one; cat; exit 3"}, "dash");
  CHECK(result.output == "one\n");
  CHECK(result.status == 3);
  CHECK(run_program({"sh", "-c", "kill -TERM $$"}, "dash").status == 128 + SIGTERM);
}

TEST_CASE("a program that is missing names its package") {
  try {
    run_program({"no-such-program-here"}, "a-package");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "no-such-program-here is not installed; install it: apt install a-package");
  }
}

TEST_CASE("a program is waited for even where this process was told to ignore its children") {
  ::signal(SIGCHLD, SIG_IGN);
  CHECK(run_program({"true"}, "coreutils").status == 0);
}

TEST_CASE("a program that goes on after the deadline is killed") {
  CHECK_FALSE(run_program({{"sleep", "3600"}}, Deadline(std::chrono::milliseconds(10))));
  int status = 0;
  if (::waitpid(-1, &status, 0) < 0) return;  // run_program() has seen its end
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("a program that ends before the deadline gives its output and its status") {
  const auto result =
      run_program({{"sh", "-c", "echo one; kill -TERM $$"}}, Deadline(std::chrono::minutes(10)));
  REQUIRE(result);
  CHECK(result->output == "one\n");
  CHECK(result->signal == SIGTERM);
}

TEST_CASE("a program reads and writes what this process does if they share that") {
  const TemporaryDirectory place;
  write_file(place.path_of("in"), "two\n");
  const std::array kept{FileDescriptor(::dup(STDIN_FILENO)), FileDescriptor(::dup(STDOUT_FILENO))};
  const FileDescriptor in(::open(place.path_of("in").c_str(), O_RDONLY));
  const FileDescriptor out(::open(place.path_of("out").c_str(), O_WRONLY | O_CREAT, 0600));
  REQUIRE(::dup2(in.number(), STDIN_FILENO) == STDIN_FILENO);
  REQUIRE(::dup2(out.number(), STDOUT_FILENO) == STDOUT_FILENO);
  const auto result =
      run_program({{"cat"}, ProgramCall::Input::shared, ProgramCall::Output::shared}, std::nullopt);
  ::dup2(kept[0].number(), STDIN_FILENO);
  ::dup2(kept[1].number(), STDOUT_FILENO);
  REQUIRE(result);
  CHECK(result->status == 0);
  CHECK(result->output.empty());
  CHECK(read_file(place.path_of("out")) == "two\n");
}

TEST_CASE("work in a child reports its lines and its result, and changes nothing here") {
  const Quiet stop;
  std::vector<std::string> lines;
  const auto keep = [&](const std::string& line) { lines.push_back(line); };
  int here = 1;
  const auto work = [&](const LineSink& report) {
    here = 2;
    report("one");
    report(std::string(10'000, 'x'));
    return Work::unfinished;
  };
  CHECK(run_in_child(work, stop.number(), keep) == Work::unfinished);
  CHECK(lines == std::vector<std::string>{"one", std::string(10'000, 'x')});
  CHECK(here == 1);
}

TEST_CASE("an exception or a signal in a child is a line and a failure") {
  const Quiet stop;
  std::vector<std::string> lines;
  const auto keep = [&](const std::string& line) { lines.push_back(line); };
  const auto throws = [](const LineSink&) -> Work { throw Error("/srv/a: broken"); };
  CHECK(run_in_child(throws, stop.number(), keep) == Work::failed);
  const auto dies = [](const LineSink&) -> Work {
    ::raise(SIGKILL);
    return Work::done;
  };
  CHECK(run_in_child(dies, stop.number(), keep) == Work::failed);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "/srv/a: broken");
  CHECK(lines[1].ends_with("was ended by signal 9"));
}

TEST_CASE("work is killed when it is to stop, without a line") {
  const Quiet stop;
  stop.write();
  std::vector<std::string> lines;
  const auto waits = [](const LineSink&) -> Work {
    for (;;) ::pause();
  };
  CHECK(run_in_child(waits, stop.number(), [&](const std::string& line) { lines.push_back(line); }) ==
        Work::failed);
  CHECK(lines.empty());
}

TEST_CASE("a program is in PATH if it can be run from there") {
  CHECK(is_in_path("sh"));
  CHECK_FALSE(is_in_path("no-such-program"));
  const TemporaryDirectory directory;
  const std::string path = std::getenv("PATH");
  write_file(directory.path_of("program"), "#!/bin/sh\n");
  REQUIRE(::setenv("PATH", ("/nonexistent:" + directory.path()).c_str(), 1) == 0);
  CHECK_FALSE(is_in_path("program"));
  REQUIRE(::chmod(directory.path_of("program").c_str(), 0755) == 0);
  CHECK(is_in_path("program"));
  REQUIRE(::setenv("PATH", path.c_str(), 1) == 0);
}

TEST_SUITE_END();

}  // namespace leases::test
