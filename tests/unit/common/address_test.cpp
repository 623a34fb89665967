#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/owned_lease.h"

namespace leases::test {

TEST_SUITE_BEGIN("address");

TEST_CASE("an IPv4 address has its four bytes first and then zeros") {
  const IpAddress address = ip("10.0.255.7");
  CHECK(address.family == Family::v4);
  CHECK(address.size() == 4);
  CHECK(address.bytes == std::array<std::uint8_t, 16>{10, 0, 255, 7});
}

TEST_CASE("an IPv6 address has sixteen bytes") {
  const IpAddress address = ip("fd00:1::ff");
  CHECK(address.family == Family::v6);
  CHECK(address.size() == 16);
  CHECK(address.bytes == std::array<std::uint8_t, 16>{0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff});
}

TEST_CASE("text comes back as RFC 5952 wants it") {
  for (const auto& [given, canonical] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"0.0.0.0", "0.0.0.0"},
           {"255.255.255.255", "255.255.255.255"},
           {"::", "::"},
           {"FD00:0:0:0:0:0:0:A", "fd00::a"},
           {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
           {"::ffff:10.0.0.1", "::ffff:10.0.0.1"},
           {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}}) {
    const std::string_view text = given;
    CAPTURE(text);
    const IpText written(ip(text));
    CHECK(written.view() == canonical);
    CHECK(std::string_view(written.c_str()) == canonical);
    CHECK(ip(written.view()) == ip(text));
  }
}

TEST_CASE("anything but an address is refused") {
  for (const std::string_view text :
       {std::string_view(), std::string_view(""), std::string_view("10"), std::string_view("10.0.0"),
        std::string_view("10.0.0.256"), std::string_view("010.0.0.1"), std::string_view("0x0a.0.0.1"),
        std::string_view("10.0.0.1 "), std::string_view(" 10.0.0.1"), std::string_view("10.0.0.1/24"),
        std::string_view("10.0.0.1\0", 9), std::string_view("10.0.0.1\0x", 10),
        std::string_view("fe80::1%eth0"), std::string_view("[::1]"), std::string_view("1::2::3"),
        std::string_view("12345::"), std::string_view("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000")}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip(text));
  }
  CHECK_FALSE(parse_ip(std::string(1 << 20, '1')));
}

TEST_CASE("text that does not end in a NUL is read to its end only") {
  CHECK(parse_ip(std::string_view("10.0.0.123", 8)) == ip("10.0.0.1"));
}

TEST_CASE("addresses are ordered by family, then by bytes") {
  CHECK(ip("255.255.255.255") < ip("::"));
  CHECK(ip("9.255.0.0") < ip("10.0.0.0"));
  CHECK(ip("127.0.0.1") < ip("128.0.0.1"));
  CHECK(ip("::1") < ip("::2"));
  CHECK_FALSE(ip("::1") < ip("::1"));
  CHECK(ip("10.0.0.1") == ip("10.0.0.1"));
  CHECK_FALSE(ip("1.2.3.4") == ip("102:304::"));
}

TEST_SUITE_END();

}  // namespace leases::test
