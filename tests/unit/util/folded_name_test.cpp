#include "util/folded_name.h"

#include <doctest/doctest.h>

#include <string>

namespace leases::test {

TEST_SUITE_BEGIN("folded_name");

TEST_CASE("letters of ASCII become small, and nothing else changes") {
  CHECK(folded("Web-1.LAB.example") == "web-1.lab.example");
  CHECK(folded("@[`{_") == "@[`{_");
  CHECK(folded("\xc3\x84") == "\xc3\x84");
  CHECK(folded(std::string("A\0B", 3)) == std::string("a\0b", 3));
  CHECK(folded("").empty());
}

TEST_SUITE_END();

}  // namespace leases::test
