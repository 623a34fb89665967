#include "cli/names/name_glob.h"

#include <doctest/doctest.h>

#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using MatchingNames = std::vector<std::string>;

MatchingNames matching(const OwnedLease& lease, const std::string& glob) {
  return matching_names(lease.lease(), glob);
}

OwnedLease named_lease() {
  OwnedLease lease = lease_of("br0", "10.0.0.1", "Web");
  lease.domain = "lan.example";
  lease.guest_name = "VM1.corp";
  return lease;
}

}  // namespace

TEST_SUITE_BEGIN("name_glob");

TEST_CASE("a pattern without a dot is for host names and guests, in either case") {
  CHECK(matching(named_lease(), "w*") == MatchingNames{"web"});
  CHECK(matching(named_lease(), "VM?") == MatchingNames{"vm1"});
  CHECK(matching(named_lease(), "*") == MatchingNames{"vm1", "web"});
  CHECK(matching(named_lease(), "lan*").empty());
}

TEST_CASE("a pattern with a dot is for names with domain, network or the guest's own domain") {
  CHECK(matching(named_lease(), "web.*") == MatchingNames{"web.br0", "web.lan.example"});
  CHECK(matching(named_lease(), "*.LAN.example") == MatchingNames{"vm1.lan.example", "web.lan.example"});
  CHECK(matching(named_lease(), "*.corp") == MatchingNames{"vm1.corp"});
  CHECK(matching(named_lease(), "web.corp").empty());
}

TEST_CASE("what another host shares has that host after its name, not the network") {
  OwnedLease far = lease_of("hv2:lab", "10.0.0.1", "far");
  far.host = "hv2";
  CHECK(matching(far, "*.*") == MatchingNames{"far.hv2"});
}

TEST_CASE("a refused name matches nothing, and no name is no match") {
  OwnedLease refused = named_lease();
  refused.name_refused = true;
  CHECK(matching(refused, "web").empty());
  CHECK(matching(refused, "web.br0").empty());
  CHECK(matching(lease_of("br0", "10.0.0.1"), "*").empty());
  CHECK(matching(lease_of("br0", "10.0.0.1"), "*.*").empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
