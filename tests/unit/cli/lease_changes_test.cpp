#include "cli/follow/lease_changes.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

constexpr EpochSeconds kPresent{1000};

OwnedLease lease_at(const std::string& address, const std::string& name, std::uint64_t changed) {
  OwnedLease lease;
  lease.address = ip(address);
  lease.hardware = mac("52:54:00:00:00:01");
  lease.hostname = name;
  lease.expiry = 2000;
  lease.changed = changed;
  return lease;
}

/// Each change as "kind address name".
std::vector<std::string> told(const std::vector<OwnedLease>& before, const std::vector<OwnedLease>& after) {
  std::vector<std::string> lines;
  for (const LeaseDiff& change : changes_between(views_of(before), views_of(after), kPresent)) {
    lines.push_back(std::string(name_of(change.kind)) + ' ' + IpText(change.lease.address).c_str() + ' ' +
                    std::string(change.lease.hostname));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("lease_changes");

TEST_CASE("nothing is told of leases that stayed as they were") {
  const std::vector<OwnedLease> leases{lease_at("10.0.0.1", "a", 1), lease_at("10.0.0.2", "b", 2)};
  CHECK(told(leases, leases).empty());
  CHECK(told({}, {}).empty());
}

TEST_CASE("what is new is told in the order in which it changed, what has ended comes first") {
  const auto gone = lease_at("10.0.0.9", "gone", 1);
  CHECK(told({gone}, {lease_at("10.0.0.1", "late", 7), lease_at("10.0.0.2", "early", 6)}) ==
        Lines{"released 10.0.0.9 gone", "added 10.0.0.2 early", "added 10.0.0.1 late"});
}

TEST_CASE("a lease was renamed when its guest was") {
  const auto before = lease_at("10.0.0.1", "a", 1);
  auto after = before;
  after.guest_name = "vm1";
  CHECK(told({before}, {after}) == Lines{"renamed 10.0.0.1 a"});
}

TEST_CASE("a lease that is gone was released if it would have gone on, else it expired") {
  auto over = lease_at("10.0.0.1", "a", 1);
  over.expiry = kPresent.value;
  auto endless = lease_at("10.0.0.2", "b", 1);
  endless.expiry = 0;
  CHECK(told({over, endless}, {}) == Lines{"expired 10.0.0.1 a", "released 10.0.0.2 b"});
}

TEST_CASE("a lease that changed in anything but its name was renewed") {
  const auto before = lease_at("10.0.0.1", "a", 1);
  auto after = lease_at("10.0.0.1", "a", 2);
  after.expiry = 3000;
  CHECK(told({before}, {after}) == Lines{"renewed 10.0.0.1 a"});
}

TEST_CASE("a lease is renamed by another name, another domain, and by the policy") {
  const auto before = lease_at("10.0.0.1", "a", 1);
  auto refused = lease_at("10.0.0.1", "a", 2);
  refused.name_refused = true;
  auto moved = lease_at("10.0.0.1", "a", 2);
  moved.domain = "lab.test";
  for (const OwnedLease& after : {lease_at("10.0.0.1", "b", 2), refused, moved}) {
    const Lines lines = told({before}, {after});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("renamed "));
  }
}

TEST_CASE("an address that another client has now was released and added") {
  const auto before = lease_at("10.0.0.1", "a", 1);
  auto other_hardware = lease_at("10.0.0.1", "a", 2);
  other_hardware.hardware = mac("52:54:00:00:00:02");
  CHECK(told({before}, {other_hardware}) == Lines{"released 10.0.0.1 a", "added 10.0.0.1 a"});

  auto identified = before;
  identified.client_id = {1, 2, 3};
  auto same_identity = other_hardware;
  same_identity.client_id = {1, 2, 3};
  CHECK(told({identified}, {same_identity}) == Lines{"renewed 10.0.0.1 a"});
  same_identity.client_id = {1, 2, 4};
  CHECK(told({identified}, {same_identity}) == Lines{"released 10.0.0.1 a", "added 10.0.0.1 a"});
}

TEST_CASE("a lease that does not name its client has not passed to another") {
  auto before = lease_at("10.0.0.1", "a", 1);
  before.hardware.reset();
  CHECK(told({before}, {before}).empty());
  CHECK(told({before}, {lease_at("10.0.0.1", "a", 2)}) == Lines{"renewed 10.0.0.1 a"});
}

TEST_CASE("the same address in two networks is two leases") {
  auto other_network = lease_at("10.0.0.1", "b", 2);
  other_network.network = "br1";
  CHECK(told({lease_at("10.0.0.1", "a", 1)}, {lease_at("10.0.0.1", "a", 1), other_network}) ==
        Lines{"added 10.0.0.1 b"});
}

TEST_CASE("the same address in two files of a network is two leases") {
  auto first = lease_at("10.0.0.1", "one", 1);
  first.source = "/a.leases";
  auto second = lease_at("10.0.0.1", "two", 1);
  second.source = "/b.leases";
  auto renewed = second;
  renewed.changed = 2;
  CHECK(told({first, second}, {first, renewed}) == Lines{"renewed 10.0.0.1 two"});
  CHECK(told({first, second}, {second}) == Lines{"released 10.0.0.1 one"});
}

TEST_SUITE_END();

}  // namespace leases::cli::test
