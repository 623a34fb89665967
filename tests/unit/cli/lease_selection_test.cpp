#include "cli/selection/lease_selection.h"

#include <doctest/doctest.h>

#include <functional>

#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

constexpr EpochSeconds kSelectedAt{1000};

OwnedLease selected_lease() {
  OwnedLease lease = lease_of("br0", "10.0.0.1", "web");
  lease.domain = "lan.example";
  lease.guest_name = "vm1.corp";
  lease.expiry = 1100;
  return lease;
}

bool is_selected(const OwnedLease& lease, const std::function<void(LeaseSelection&)>& restrict) {
  LeaseSelection selection;
  restrict(selection);
  return selection.has(lease.lease(), kSelectedAt);
}

bool has_with_domain(const std::string& domain) {
  return is_selected(selected_lease(), [&](LeaseSelection& selection) { selection.domain = domain; });
}

bool ends_within(const OwnedLease& lease, double seconds) {
  return is_selected(lease, [&](LeaseSelection& selection) { selection.expires_within = seconds; });
}

}  // namespace

TEST_SUITE_BEGIN("lease_selection");

TEST_CASE("without anything given every lease is meant") {
  CHECK(is_selected(selected_lease(), [](LeaseSelection&) {}));
  CHECK(is_selected(lease_of("br0", "10.0.0.1"), [](LeaseSelection&) {}));
}

TEST_CASE("a domain is one that a lookup of the lease may have") {
  CHECK(has_with_domain("LAN.example"));
  CHECK(has_with_domain("br0"));
  CHECK(has_with_domain("corp"));
  CHECK_FALSE(has_with_domain("example"));
  CHECK_FALSE(has_with_domain("br"));
}

TEST_CASE("another host is the domain of what it shares, and its network is not") {
  OwnedLease far = lease_of("hv2:lab", "10.0.0.1", "far");
  far.host = "hv2";
  const auto has = [&](const std::string& domain, const std::string& glob) {
    return is_selected(far, [&](LeaseSelection& selection) {
      selection.domain = domain;
      if (!glob.empty()) selection.globs = {glob};
    });
  };
  CHECK(has("hv2", ""));
  CHECK(has("", "far.hv2"));
  for (const char* network : {"hv2:lab", "lab"}) CHECK_FALSE(has(network, ""));
  for (const char* name : {"far.hv2:lab", "far.lab"}) CHECK_FALSE(has("", name));
}

TEST_CASE("a lease that no name finds is in no domain") {
  const auto is_in = [](const OwnedLease& lease, const std::string& domain) {
    return is_selected(lease, [&](LeaseSelection& selection) { selection.domain = domain; });
  };
  OwnedLease unnamed = selected_lease();
  unnamed.hostname.clear();
  CHECK(is_in(unnamed, "lan.example"));
  unnamed.guest_name.clear();
  for (const char* domain : {"lan.example", "br0"}) CHECK_FALSE(is_in(unnamed, domain));
  OwnedLease refused = with(selected_lease(), &OwnedLease::name_refused, true);
  refused.guest_name.clear();
  CHECK_FALSE(is_in(refused, "br0"));
}

TEST_CASE("a family is that of the address") {
  const auto of_family = [](const std::string& address, Family family) {
    return is_selected(lease_of("br0", address, "web"),
                       [&](LeaseSelection& selection) { selection.family = family; });
  };
  CHECK(of_family("10.0.0.1", Family::v4));
  CHECK(of_family("fd00::1", Family::v6));
  CHECK_FALSE(of_family("10.0.0.1", Family::v6));
  CHECK_FALSE(of_family("fd00::1", Family::v4));
}

TEST_CASE("a lease without an end never expires within a time") {
  CHECK(ends_within(selected_lease(), 100));
  CHECK_FALSE(ends_within(selected_lease(), 99));
  CHECK(ends_within(selected_lease(), 1e300));
  CHECK_FALSE(ends_within(lease_of("br0", "10.0.0.1"), 1e300));
}

TEST_CASE("one of several patterns is enough, and all else that is given must be satisfied") {
  CHECK(is_selected(selected_lease(), [](LeaseSelection& selection) { selection.globs = {"db*", "w*"}; }));
  CHECK_FALSE(is_selected(selected_lease(), [](LeaseSelection& selection) { selection.globs = {"db*"}; }));
  CHECK_FALSE(is_selected(selected_lease(), [](LeaseSelection& selection) {
    selection.globs = {"w*"};
    selection.guest = "vm2.corp";
  }));
  CHECK(is_selected(selected_lease(), [](LeaseSelection& selection) {
    selection.globs = {"w*"};
    selection.guest = "VM1.corp";
    selection.networks.names = {"br0"};
  }));
  CHECK_FALSE(
      is_selected(selected_lease(), [](LeaseSelection& selection) { selection.networks.names = {"lab"}; }));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
