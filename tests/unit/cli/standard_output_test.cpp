#include "cli/output/standard_output.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/support/captured_output.h"
#include "util/error.h"
#include "util/file.h"

namespace leases::cli::test {

using leases::test::CapturedOutput;

TEST_SUITE_BEGIN("standard_output");

TEST_CASE("a text is written at once") {
  const CapturedOutput output;
  print("a\n");
  print("");
  CHECK(output.text() == "a\n");
}

TEST_CASE("a long text is collected, and written in large pieces") {
  const CapturedOutput output;
  Output collected;
  collected.text() = "a\n";
  collected.flush_if_large();
  CHECK(output.text().empty());
  collected.text().append(100'000, 'x');
  collected.flush_if_large();
  CHECK(output.text().size() == 100'002);
  CHECK(collected.text().empty());
  collected.text() = "end";
  collected.flush();
  CHECK(output.text().ends_with("xend"));
}

TEST_CASE("a text that cannot be written is an error with its cause") {
  const CapturedOutput output;
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  ::dup2(full, STDOUT_FILENO);
  ::close(full);
  CHECK_THROWS_WITH_AS(print("a"), "standard output: cannot be written: No space left on device", Error);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
