#include "cli/names/name_range.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace leases::cli::test {

namespace {

using NameList = std::vector<std::string>;

NameList names_in(std::string_view text) {
  std::string problem;
  auto range = NameRange::parse(text, problem);
  REQUIRE(range);
  CHECK(problem.empty());
  NameList names;
  for (std::string name; range->next(name);) names.push_back(name);
  return names;
}

std::string problem_of(std::string_view text) {
  std::string problem;
  CHECK_FALSE(NameRange::parse(text, problem));
  return problem;
}

}  // namespace

TEST_SUITE_BEGIN("name_range");

TEST_CASE("a text without brackets is one name") {
  CHECK(names_in("ci-runner") == NameList{"ci-runner"});
  CHECK(names_in("") == NameList{""});
}

TEST_CASE("a range has its first and its last number") {
  CHECK(names_in("ci-[8-11]") == NameList{"ci-8", "ci-9", "ci-10", "ci-11"});
  CHECK(names_in("ci-[3-3]") == NameList{"ci-3"});
}

TEST_CASE("a number has the width of the first one of its range if that begins with a zero") {
  CHECK(names_in("ci-[08-11]") == NameList{"ci-08", "ci-09", "ci-10", "ci-11"});
  CHECK(names_in("ci-[098-100].lab") == NameList{"ci-098.lab", "ci-099.lab", "ci-100.lab"});
  CHECK(names_in("ci-[0-1,00,2]") == NameList{"ci-0", "ci-1", "ci-00", "ci-2"});
  CHECK(names_in("ci-[09-100]").back() == "ci-100");
}

TEST_CASE("several brackets give every combination, the last one running fastest") {
  CHECK(names_in("r[1-2]n[1,3]x") == NameList{"r1n1x", "r1n3x", "r2n1x", "r2n3x"});
  CHECK(names_in("[1-2][5-6]") == NameList{"15", "16", "25", "26"});
}

TEST_CASE("the largest number of 19 digits does not overflow") {
  CHECK(names_in("[9999999999999999998-9999999999999999999]") ==
        NameList{"9999999999999999998", "9999999999999999999"});
}

TEST_CASE("a range that ended gives no more names") {
  std::string problem;
  auto range = NameRange::parse("a[1-1]", problem);
  REQUIRE(range);
  std::string name;
  CHECK(range->next(name));
  CHECK_FALSE(range->next(name));
  CHECK_FALSE(range->next(name));
}

TEST_CASE("brackets must close, and close only what was opened") {
  for (const std::string text : {"ci-[1", "ci-1]", "[1][2", "]", "["}) {
    CAPTURE(text);
    CHECK(problem_of(text) == "'" + text + "': a bracket has no counterpart");
  }
}

TEST_CASE("brackets hold numbers and ranges that do not run backwards") {
  for (const std::string text :
       {"", "a", "1,", "-3", "3-", "4-3", "1 ", "+1", "1-2-3", "20000000000000000000"}) {
    CAPTURE(text);
    const std::string item = text.substr(text.rfind(',') + 1);
    CHECK(problem_of("ci-[" + text + ']') ==
          "'[" + item + "]': expected numbers and ranges like 1,4-7 or 0000-4095");
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
