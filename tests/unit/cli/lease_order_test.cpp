#include "cli/selection/lease_order.h"

#include <doctest/doctest.h>

#include "tests/support/captured_output.h"
#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// The last parts of the addresses of 10.0.0.9, 10.0.0.10, fd00::1 and a lease without a name, as `list
/// --sort=FIELD` orders them.
std::string sorted_by(const std::string& field) {
  std::vector<OwnedLease> owned{with(lease_of("br0", "10.0.0.10", "ci-9"), &OwnedLease::expiry, 2000U),
                                with(lease_of("br0", "10.0.0.9", "CI-10"), &OwnedLease::expiry, 1000U),
                                lease_of("br0", "fd00::1", "alpha"),
                                with(lease_of("br0", "10.0.0.7"), &OwnedLease::expiry, 3000U)};
  CommandLine line("help", "1");
  Command command = line.leasectl().add_command("list", "Lists");
  LeaseOrder order;
  order.add_option(command);
  CHECK_FALSE(line.parse({"list", "--sort=" + field}));
  std::vector<Lease> leases = views_of(owned);
  order.sort(leases, LocalSubnets());
  std::string text;
  for (const Lease& lease : leases) {
    const std::string address(IpText(lease.address).view());
    text += (text.empty() ? "" : " ") + address.substr(address.find_last_of(".:") + 1);
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("lease_order");

TEST_CASE("addresses and times are ordered by value, a lease without an end last") {
  CHECK(sorted_by("ip-address") == "7 9 10 1");
  CHECK(sorted_by("-ip-address") == "1 10 9 7");
  CHECK(sorted_by("expiry-time") == "9 10 7 1");
}

TEST_CASE("numbers in names count by their value, and no name comes last in either direction") {
  CHECK(sorted_by("hostname") == "1 10 9 7");
  CHECK(sorted_by("-hostname") == "9 10 1 7");
}

TEST_CASE("equal values leave the order as it is") {
  CHECK(sorted_by("network") == "10 9 1 7");
  CHECK(sorted_by("-network") == "10 9 1 7");
}

TEST_CASE("an unknown field is refused with those that there are") {
  CommandLine line("help", "1");
  Command command = line.leasectl().add_command("list", "Lists");
  LeaseOrder order;
  order.add_option(command);
  const CapturedErrors errors;
  const auto finish = line.parse({"list", "--sort", "colour"});
  REQUIRE(finish);
  CHECK(finish->code == kUsage);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
