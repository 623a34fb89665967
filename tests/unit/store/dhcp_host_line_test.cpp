#include "store/dhcp_host_line.h"

#include <doctest/doctest.h>

#include "tests/support/owned_lease.h"

namespace leases::test {

TEST_SUITE_BEGIN("dhcp_host_line");

TEST_CASE("a line has the client's addresses, those that it is given, and a name") {
  const auto host = DhcpHostLine::parse(
      "52:54:00:00:00:01, 52:54:00:00:00:02,set:blue,10.0.0.5,[fd00::5] ,web.lab.example,12h");
  CHECK(host.hardware == std::vector{mac("52:54:00:00:00:01"), mac("52:54:00:00:00:02")});
  CHECK(host.addresses == std::vector{ip("10.0.0.5"), ip("fd00::5")});
  CHECK(host.name == "web.lab.example");
  CHECK(host.client_id.empty());
  CHECK_FALSE(host.is_ignored);
  CHECK_FALSE(host.is_conditional);
}

TEST_CASE("times, tags, patterns and parts of addresses are no names") {
  for (const std::string_view field : {"3600", "45m", "2W", "infinite", "set:x", "tag:x", "id:01:02", "*",
                                       "52:54:*:*:*:*", "[::5]", "10.0.0.5", "ignore", "", " "}) {
    CAPTURE(field);
    CHECK(DhcpHostLine::parse(field).name.empty());
  }
  for (const std::string_view field : {"m", "7z", "45m1", "tag", "id"})
    CHECK(DhcpHostLine::parse(field).name == field);
  CHECK(DhcpHostLine::parse("10.0.0.5,first,last").name == "last");
}

TEST_CASE("a client may be named by its identifier, and be ignored or depend on a tag") {
  CHECK(DhcpHostLine::parse("id:01:02,web").client_id == "01:02");
  CHECK(DhcpHostLine::parse("52:54:00:00:00:01,ignore").is_ignored);
  CHECK(DhcpHostLine::parse("tag:blue,10.0.0.5,web").is_conditional);
  CHECK(DhcpHostLine::parse("[::5],six").addresses.empty());
}

TEST_SUITE_END();

}  // namespace leases::test
