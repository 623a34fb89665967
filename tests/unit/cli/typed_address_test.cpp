#include "cli/names/typed_address.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

}  // namespace

TEST_SUITE_BEGIN("typed_address");

TEST_CASE("an IP address is read in every spelling") {
  for (const std::string text : {"10.0.0.1", "10.0.0.1/24", "::ffff:10.0.0.1", "[::ffff:10.0.0.1]"}) {
    CAPTURE(text);
    CHECK(typed_ip(text) == ip("10.0.0.1"));
  }
  for (const std::string text :
       {"fe80::1", "FE80:0::1", "[fe80::1]", "fe80::1%eth0", "fe80::1/64", "[fe80::1%1]"}) {
    CAPTURE(text);
    CHECK(typed_ip(text) == ip("fe80::1"));
  }
}

TEST_CASE("what is not an IP address is none") {
  for (const std::string text : {"", "web", "10.0.0", "10.0.0.1/", "10.0.0.1/x", "10.0.0.1/1234",
                                 "10.0.0.1%eth0", "[10.0.0.1", "[]", "/24", "::%"}) {
    CAPTURE(text);
    CHECK(typed_ip(text).has_value() == (text == "::%"));
  }
}

TEST_CASE("a hardware address is read in every spelling") {
  for (const std::string text :
       {"52:54:00:0a:00:01", "52:54:00:0A:00:01", "52-54-00-0a-00-01", "52-54-00-0A-00-01", "5254.000a.0001",
        "5254.000A.0001", "52:54:0:a:0:1", "52-54-0-A-0-1"}) {
    CAPTURE(text);
    CHECK(typed_hardware(text) == mac("52:54:00:0a:00:01"));
  }
  const auto other = typed_hardware("06-02:00:00:00:00:01");
  REQUIRE(other);
  CHECK(other->type == 6);
}

TEST_CASE("what is not a hardware address is none") {
  for (const std::string text :
       {"", "web", "52:54:00:0a:00:", "52:54:00:0a:00:01:", "52:54:0:a:0", "52:54:0:a:0:111",
        "5254.000a.00011", "5254.000a.000g", "52:54-00-0a-00-01", "525400000001", "g2:54:0:a:0:1"}) {
    CAPTURE(text);
    const auto address = typed_hardware(text);
    CHECK((!address || address->length != 6));
  }
}

TEST_CASE("a name that is also a byte, with or without a type, is a name") {
  for (const std::string text : {"db", "db-01", "20-"}) {
    CAPTURE(text);
    CHECK_FALSE(typed_hardware(text));
  }
}

TEST_CASE("an identifier has colons, hyphens or nothing between its bytes") {
  const Bytes bytes{1, 0x52, 0x54, 0xab};
  CHECK(typed_identifier("01:52:54:ab") == bytes);
  CHECK(typed_identifier("01-52-54-AB") == bytes);
  CHECK_FALSE(typed_identifier("015254ab"));
  CHECK(typed_bytes("015254ab") == bytes);
  for (const std::string text : {"", "01", "1:2", "0152540", "web", "01:52:", "01 52"}) {
    CAPTURE(text);
    CHECK_FALSE(typed_identifier(text));
    CHECK_FALSE(typed_bytes(text));
  }
  CHECK_FALSE(typed_bytes(std::string(2 * 256, 'a')));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
