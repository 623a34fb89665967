#include "cli/names/name_fold.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cli/names/name_range.h"

namespace leases::cli::test {

namespace {

std::string folded_lines(const std::vector<std::string>& names) {
  NameFold fold;
  std::string output;
  for (const std::string& name : names) fold.add(name, output);
  fold.finish(output);
  return output;
}

}  // namespace

TEST_SUITE_BEGIN("name_fold");

TEST_CASE("names that differ only in their last number become one line") {
  CHECK(folded_lines({"ci-1.lab", "ci-2.lab", "ci-3.lab", "ci-7.lab"}) == "ci-[1-3,7].lab\n");
  CHECK(folded_lines({"r1n1", "r1n2", "r2n1"}) == "r1n[1-2]\nr2n1\n");
}

TEST_CASE("a name alone keeps its form") {
  CHECK(folded_lines({"web", "ci-7", "db"}) == "web\nci-7\ndb\n");
  CHECK(folded_lines({"007"}) == "007\n");
  CHECK(folded_lines({}).empty());
}

TEST_CASE("numbers with leading zeros join only with numbers of their width") {
  CHECK(folded_lines({"ci-09", "ci-10"}) == "ci-[09-10]\n");
  CHECK(folded_lines({"ci-9", "ci-10"}) == "ci-[9-10]\n");
  CHECK(folded_lines({"ci-09", "ci-100"}) == "ci-09\nci-100\n");
  CHECK(folded_lines({"ci-9", "ci-010"}) == "ci-9\nci-010\n");
  CHECK(folded_lines({"ci-0", "ci-1"}) == "ci-[0-1]\n");
}

TEST_CASE("another text before or after the number begins another line") {
  CHECK(folded_lines({"a1", "b2", "b3", "b4x"}) == "a1\nb[2-3]\nb4x\n");
}

TEST_CASE("numbers out of order are kept in the order given") {
  CHECK(folded_lines({"a3", "a1", "a2", "a2"}) == "a[3,1-2,2]\n");
}

TEST_CASE("a number of more than 18 digits stands alone") {
  CHECK(folded_lines({"a123456789012345678", "a123456789012345679"}) ==
        "a[123456789012345678-123456789012345679]\n");
  CHECK(folded_lines({"a1", "a1234567890123456789", "a2"}) == "a1\na1234567890123456789\na2\n");
}

TEST_CASE("a group is written once it has 4096 ranges, so that memory stays bounded") {
  NameFold fold;
  std::string output;
  for (int i = 0; i < 4096; ++i) fold.add("a" + std::to_string(2 * i), output);
  CHECK(output.empty());
  fold.add("a9000", output);
  CHECK(output.starts_with("a[0,2,4,"));
  CHECK(output.ends_with(",8188,8190]\n"));
  output.clear();
  fold.finish(output);
  CHECK(output == "a9000\n");
}

TEST_CASE("a line that was folded is a range of the same names") {
  const std::vector<std::string> names{"ci-08.x", "ci-09.x", "ci-10.x", "ci-14.x", "ci-16.x"};
  std::string line = folded_lines(names);
  line.pop_back();
  std::string problem;
  auto range = NameRange::parse(line, problem);
  REQUIRE(range);
  std::vector<std::string> again;
  for (std::string name; range->next(name);) again.push_back(name);
  CHECK(again == names);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
