#include "common/iaid.h"

#include <doctest/doctest.h>

#include <string_view>

namespace leases::test {

TEST_SUITE_BEGIN("iaid");

TEST_CASE("dnsmasq's notation comes back as it was") {
  for (const std::string_view text : {"0", "1", "33554438", "4294967295", "T0", "T9", "T4294967295"}) {
    CAPTURE(text);
    const auto iaid = Iaid::parse(text);
    REQUIRE(iaid);
    CHECK(IaidText(*iaid).view() == text);
  }
}

TEST_CASE("a T marks a temporary address") {
  CHECK(Iaid::parse("T9") == Iaid{9, true});
  CHECK(Iaid::parse("9") == Iaid{9, false});
  CHECK_FALSE(Iaid::parse("T9") == Iaid::parse("9"));
}

TEST_CASE("anything but an IAID is refused") {
  for (const std::string_view text :
       {std::string_view(), std::string_view(""), std::string_view("T"), std::string_view("t9"),
        std::string_view("TT9"), std::string_view("-1"), std::string_view("+1"), std::string_view(" 1"),
        std::string_view("1 "), std::string_view("0x10"), std::string_view("1.0"),
        std::string_view("4294967296"), std::string_view("99999999999999999999"),
        std::string_view("1\0", 2)}) {
    CAPTURE(text);
    CHECK_FALSE(Iaid::parse(text));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
