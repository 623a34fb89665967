#include "cli/output/progress.h"

#include "tests/support/captured_output.h"
#include "tests/unit/cli/terminal.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("progress");

TEST_CASE("a terminal shows a text, cut to its width, until it is removed") {
  Terminal terminal(STDERR_FILENO, 20);
  Progress progress;
  progress.finish();
  CHECK(terminal.text().empty());
  progress.show("waiting");
  CHECK(terminal.text() == "\r\033[Kwaiting");
  progress.show("waiting for everybody");
  CHECK(terminal.text() == "\r\033[Kwaiting for ever...");
  progress.finish();
  CHECK(terminal.text() == "\r\033[K");
}

TEST_CASE("a terminal that is too narrow shows nothing") {
  Terminal terminal(STDERR_FILENO, 3);
  Progress progress;
  progress.show("waiting");
  CHECK(terminal.text() == "\r\033[K");
}

TEST_CASE("what is not a terminal shows nothing") {
  const leases::test::CapturedErrors errors;
  Progress progress;
  progress.show("waiting");
  for (int i = 0; i < 10000; ++i) progress.step();
  progress.finish();
  CHECK(errors.text().empty());
}

TEST_CASE("work that is done within a second counts nothing") {
  Terminal terminal(STDERR_FILENO, 80);
  Progress progress;
  for (int i = 0; i < 4096; ++i) progress.step();
  // On a machine that took a second for this, it counts.
  const std::string text = terminal.text();
  CHECK((text.empty() || text == "\r4096 done"));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
