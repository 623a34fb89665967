#include "cli/command_line/duration.h"

#include <doctest/doctest.h>

#include <string>

namespace leases::cli::test {

TEST_SUITE_BEGIN("duration");

TEST_CASE("a duration has units, several of them or none") {
  CHECK(parse_duration("90") == 90.0);
  CHECK(parse_duration("0") == 0.0);
  CHECK(parse_duration("250ms") == 0.25);
  CHECK(parse_duration("1.5h") == 5400.0);
  CHECK(parse_duration("1h30m") == 5400.0);
  CHECK(parse_duration("1d") == 86400.0);
  CHECK(parse_duration("1d2h3m4s5ms") == 93784.005);
}

TEST_CASE("anything else is no duration") {
  for (const std::string text :
       {"", "inf", "nan", "s", "-1", "+1", "1 s", "0x1", "1w", "1h30", "1e3", "1h-30m", "1H"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
