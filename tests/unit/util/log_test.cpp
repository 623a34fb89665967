#include "util/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "tests/support/files.h"

namespace leases::test {

namespace {

/// Standard error goes to a file for as long as this object lives.
class CapturedErrors {
 public:
  CapturedErrors() : before_(::dup(STDERR_FILENO)) {
    const int file = ::open(path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(::dup2(file, STDERR_FILENO) >= 0);
    ::close(file);
  }
  CapturedErrors(const CapturedErrors&) = delete;
  CapturedErrors& operator=(const CapturedErrors&) = delete;
  ~CapturedErrors() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
  }
  [[nodiscard]] std::string text() const {
    std::fflush(stderr);
    return read_file(path());
  }

 private:
  [[nodiscard]] std::string path() const { return place_.path_of("errors"); }

  TemporaryDirectory place_;
  int before_;
};

}  // namespace

TEST_SUITE_BEGIN("log");

TEST_CASE("a line has the program's name, and is one line of visible ASCII whatever is in it") {
  const CapturedErrors errors;
  set_log_name("program");
  log_line("a\nb\x1b[2J \\");
  CHECK(errors.text() == "program: a\\x0ab\\x1b[2J \\\n");
}

TEST_CASE("deferred lines are logged in order when their object ends, and not before") {
  const CapturedErrors errors;
  set_log_name("program");
  {
    DeferredLog log;
    log.add("one");
    log.add("two");
    CHECK(errors.text().empty());
  }
  CHECK(errors.text() == "program: one\nprogram: two\n");
}

TEST_SUITE_END();

}  // namespace leases::test
