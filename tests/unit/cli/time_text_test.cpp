#include "cli/output/time_text.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace leases::cli::test {

namespace {

constexpr std::uint64_t kStart = 1'700'000'000;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_SUITE_BEGIN("time_text");

TEST_CASE("a time is told from now on in one unit, rounded down") {
  const auto in = [](std::uint64_t seconds) { return relative_time({kStart + seconds}, {kStart}); };
  CHECK(in(0) == "now");
  CHECK(in(1) == "in 1 s");
  CHECK(in(119) == "in 119 s");
  CHECK(in(120) == "in 2 min");
  CHECK(in(43 * 60 + 59) == "in 43 min");
  CHECK(in(2 * 3600 - 1) == "in 119 min");
  CHECK(in(2 * 3600) == "in 2 h");
  CHECK(in(48 * 3600 - 1) == "in 47 h");
  CHECK(in(48 * 3600) == "in 2 d");
}

TEST_CASE("a time that has passed is shown as such") {
  CHECK(relative_time({kStart - 1}, {kStart}) == "1 s ago");
  CHECK(relative_time({kStart - 90 * 86400}, {kStart}) == "90 d ago");
}

TEST_CASE("times that cannot be are told all the same") {
  CHECK(relative_time({kMost}, {0}) == "in 213503982334601 d");
  CHECK(relative_time({0}, {kMost}) == "213503982334601 d ago");
  for (const std::uint64_t time : {kMost, kMost / 2 + 1, kMost / 2, kMost / 4})
    CHECK(local_time({time}) == std::to_string(time));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
