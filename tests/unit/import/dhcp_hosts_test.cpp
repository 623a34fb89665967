#include "import/dhcp_hosts.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

using Lines = std::vector<std::string>;

/// "name.domain address hardware" for each reservation.
Lines reserved(std::string_view text) {
  const ParsedFile parsed = parse_dhcp_hosts(text, "lan");
  CHECK(parsed.damage.empty());
  Lines lines;
  for (const Lease& lease : parsed.leases) {
    CHECK(lease.reserved);
    CHECK(lease.network == "lan");
    CHECK(lease.expiry.infinite());
    std::string line(lease.hostname);
    if (!lease.domain.empty()) line.append(".").append(lease.domain);
    line.append(" ").append(IpText(lease.address).view());
    if (lease.hardware) line.append(" ").append(HardwareText(*lease.hardware).view());
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_SUITE_BEGIN("dhcp_hosts");

TEST_CASE("libvirt's file and other files of dhcp-hostsfile have a host in each line") {
  CHECK(reserved("52:54:00:00:00:01,10.0.0.5,web\n52:54:00:00:00:02,10.0.0.6\n52:54:00:00:00:03,db\n") ==
        Lines{"web 10.0.0.5 52:54:00:00:00:01"});
  CHECK(reserved("id:00:01:00:01:2a:3b,six,[fd00::5]\n") == Lines{"six fd00::5"});
  CHECK(reserved("").empty());
}

TEST_CASE("of a configuration only the lines of dhcp-host count") {
  CHECK(reserved(
            "# the lab\ninterface=lan\nexpand-hosts\n"
            " dhcp-host = 52:54:00:00:00:01 , 10.0.0.5, web.lab.example , infinite  # it is new\n"
            "dhcp-host=10.0.0.9,52:54:00:00:00:09,52:54:00:00:00:0a,set:blue,id:01:02,db,12h\n"
            "#dhcp-host=10.0.0.7,off\n52:54:00:00:00:03,10.0.0.8,other\ndhcp-hostsfile=/etc/hosts.dhcp\n") ==
        Lines{"web.lab.example 10.0.0.5 52:54:00:00:00:01", "db 10.0.0.9 52:54:00:00:00:09"});
}

TEST_CASE("a host that is ignored, conditional or without a whole address is left out") {
  CHECK(reserved(
            "dhcp-host=10.0.0.5,web,ignore\ndhcp-host=tag:blue,10.0.0.6,db\ndhcp-host=[::5],six\n"
            "dhcp-host=[fd00::/64],all\ndhcp-host=10.0.0.7,3600\ndhcp-host=*:*:*:*:*:*,*,10.0.0.8,any\n") ==
        Lines{"any 10.0.0.8"});
}

TEST_CASE("several addresses of a line are each reserved, and an address once") {
  CHECK(reserved("52:54:00:00:00:01,10.0.0.5,[fd00::5],web\n10.0.0.5,late\n") ==
        Lines{"web 10.0.0.5 52:54:00:00:00:01", "web fd00::5 52:54:00:00:00:01"});
}

TEST_CASE("a name that no host can have is a problem of its line, and the others count") {
  const ParsedFile parsed = parse_dhcp_hosts("10.0.0.5,my vm\n10.0.0.6,web.\n10.0.0.7,db\n", "lan");
  CHECK(parsed.leases.size() == 1);
  REQUIRE(parsed.problems.size() == 2);
  CHECK(parsed.problems.first().front().where == "line 1");
  CHECK(parsed.problems.first().back().where == "line 2");
}

TEST_CASE("a stray word does not make a configuration of a file with hosts") {
  CHECK(reserved("printer\n52:54:00:00:00:01,10.0.0.5,web\n") == Lines{"web 10.0.0.5 52:54:00:00:00:01"});
  CHECK(reserved("bogus-priv\ndomain=lab.example\n52:54:00:00:00:01,10.0.0.5,web\n").empty());
}

TEST_CASE("a host has no domain below localhost") {
  CHECK(reserved("10.0.0.5,web.localhost\n") == Lines{"web 10.0.0.5"});
}

TEST_SUITE_END();

}  // namespace leases::test
