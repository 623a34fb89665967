#include "cli/names/international_name.h"

#include <doctest/doctest.h>

namespace leases::cli::test {

TEST_SUITE_BEGIN("international_name");

TEST_CASE("a name of ASCII alone stays as it is, whatever it is") {
  std::string problem;
  CHECK(ascii_name("Web.lab", problem) == "Web.lab");
  CHECK(ascii_name("a b\n", problem) == "a b\n");
  CHECK(ascii_name("", problem)->empty());
  CHECK(problem.empty());
}

TEST_CASE("letters beyond ASCII have another form, composed or not and in either case") {
  std::string problem;
  for (const std::string name : {"b\u00fccher.lab", "B\u00dcCHER.lab", "bu\u0308cher.lab"}) {
    CAPTURE(name);
    CHECK(ascii_name(name, problem) == "xn--bcher-kva.lab");
  }
}

TEST_CASE("what has no such form is a problem") {
  std::string problem;
  CHECK_FALSE(ascii_name("\xff", problem));
  CHECK(problem.starts_with("'\xff' cannot be the name of a host: "));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
