#include "cli/output/text_style.h"

#include <cstdlib>
#include <utility>

#include "tests/support/captured_output.h"
#include "tests/unit/cli/terminal.h"

namespace leases::cli::test {

namespace {

/// Colour and relative times.
std::pair<bool, bool> style(const std::string& color) {
  OutputOptions options;
  options.color = color;
  const TextStyle style = TextStyle::of_standard_output(options);
  return {style.color, style.for_terminal};
}

using Style = std::pair<bool, bool>;

}  // namespace

TEST_SUITE_BEGIN("text_style");

TEST_CASE("a pipe has no colour unless it is asked for") {
  const leases::test::CapturedOutput output;
  CHECK(style("auto") == Style{false, false});
  CHECK(style("never") == Style{false, false});
  CHECK(style("always") == Style{true, false});
}

TEST_CASE("a terminal has colour unless the environment or the option forbids it") {
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  const Terminal terminal(STDOUT_FILENO, 80);
  CHECK(style("auto") == Style{true, true});
  CHECK(style("never") == Style{false, true});
  ::setenv("NO_COLOR", "1", 1);
  CHECK(style("auto") == Style{false, true});
  CHECK(style("always") == Style{true, true});
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  CHECK(style("auto") == Style{false, true});
}

TEST_CASE("--json and --color fill the options") {
  CommandLine line("help", "1");
  OutputOptions options;
  add_output_options(line.leasectl(), options, "Print JSON");
  CHECK_FALSE(line.parse({"--json", "--color", "never"}));
  CHECK(options.json);
  CHECK(options.color == "never");
  const leases::test::CapturedErrors errors;
  CommandLine other("help", "1");
  add_output_options(other.leasectl(), options, "Print JSON");
  CHECK(other.parse({"--color", "red"})->code == kUsage);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
