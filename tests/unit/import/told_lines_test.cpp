#include "import/told_lines.h"

#include <doctest/doctest.h>

#include <string>

namespace leases::test {

TEST_SUITE_BEGIN("told_lines");

TEST_CASE("a line is told once in a while") {
  ToldLines lines;
  const ToldLines::Time begin{};
  CHECK(lines.tell("/srv/a: line 3: is wrong", begin));
  CHECK_FALSE(lines.tell("/srv/a: line 3: is wrong", begin + ToldLines::kSilence));
  CHECK(lines.tell("/srv/b: line 3: is wrong", begin + ToldLines::kSilence));
  CHECK(lines.tell("/srv/a: line 3: is wrong", begin + ToldLines::kSilence + std::chrono::seconds(1)));
}

TEST_CASE("another number of further problems makes no other line") {
  ToldLines lines;
  CHECK(lines.tell("/srv/a: line 3: is wrong", {}));
  CHECK_FALSE(lines.tell("/srv/a: line 3: is wrong (and 1 more problem)", {}));
  CHECK_FALSE(lines.tell("/srv/a: line 3: is wrong (and 12 more problems)", {}));
  CHECK(lines.tell("/srv/a: line 4: is wrong (and 12 more problems)", {}));
}

TEST_CASE("a file that is wrong in another way each time does not fill the log, nor silence the others") {
  ToldLines lines;
  std::size_t told = 0;
  for (int i = 0; i < 10'000; ++i) told += lines.tell("/srv/a: line " + std::to_string(i) + ": is wrong", {});
  CHECK(told == ToldLines::kMostOfFile);
  CHECK(lines.tell("/srv/b is empty", {}));
}

TEST_CASE("nor do many files") {
  ToldLines lines;
  std::size_t told = 0;
  for (std::size_t i = 0; i < 2 * ToldLines::kMost; ++i)
    told += lines.tell("/srv/" + std::to_string(i) + " is empty", {});
  CHECK(told == ToldLines::kMost);
}

TEST_SUITE_END();

}  // namespace leases::test
