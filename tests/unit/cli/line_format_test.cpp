#include "cli/output/line_format.h"

#include <doctest/doctest.h>

namespace leases::cli::test {

namespace {

/// The text with "<field>" for each value, or the problem.
std::string formatted(const std::string& text) {
  std::string problem;
  const auto format = LineFormat::parse(text, {"name", "ip-address"}, problem);
  if (!format) return "problem: " + problem;
  return format->text([](std::string_view field) { return '<' + std::string(field) + '>'; });
}

}  // namespace

TEST_SUITE_BEGIN("line_format");

TEST_CASE("a field in braces is its value, and the rest stays") {
  CHECK(formatted("{name} is at {ip-address}.") == "<name> is at <ip-address>.");
  CHECK(formatted("{name}{name}") == "<name><name>");
  CHECK(formatted("").empty());
  CHECK(formatted("plain, 100%") == "plain, 100%");
}

TEST_CASE("escapes are characters, and two braces are one") {
  CHECK(formatted("{name}\\t{ip-address}\\n\\\\") == "<name>\t<ip-address>\n\\");
  CHECK(formatted("{{\"name\": \"{name}\"}}") == "{\"name\": \"<name>\"}");
  CHECK(formatted("a } b") == "a } b");
}

TEST_CASE("what is wrong with a template is said") {
  CHECK(formatted("{address}") == "problem: there is no field 'address'; there are: name, ip-address");
  CHECK(formatted("{}") == "problem: there is no field ''; there are: name, ip-address");
  CHECK(formatted("{name") == "problem: a '{' has no '}'; a brace itself is written '{{'");
  CHECK(formatted("\\x41") == "problem: after a backslash there has to be t, n or another backslash");
  CHECK(formatted("\\") == "problem: after a backslash there has to be t, n or another backslash");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
