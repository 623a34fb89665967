#include "cli/follow/wait_state.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

constexpr EpochSeconds kWaitedUntil{1000};

WaitState state_of(const std::vector<OwnedLease>& leases, const WaitTarget& target) {
  const IndexFixture fixture(leases);
  return {fixture.reader(), target, kWaitedUntil};
}

/// "name address expiry" for each address, in the order in which they are kept.
std::vector<std::string> lines_of(const WaitState& state) {
  std::vector<std::string> lines;
  for (const auto& [name, addresses] : state.addresses()) {
    for (const LeasedAddress& leased : addresses) {
      lines.push_back(name + ' ' + IpText(leased.address).c_str() + ' ' +
                      std::to_string(leased.expiry.seconds));
    }
  }
  return lines;
}

std::set<std::string> matching_of(const WaitState& state) {
  std::set<std::string> names;
  for (const auto& match : state.matching()) names.insert(match.first);
  return names;
}

OwnedLease expiring(OwnedLease lease, std::uint64_t expiry) {
  lease.expiry = expiry;
  return lease;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("wait_state");

TEST_CASE("a host whose name reads as a hardware address comes before the machine that has that address") {
  OwnedLease machine = lease_of("br0", "10.0.0.1", "web");
  machine.hardware = mac("aa:bb:cc:dd:ee:ff");
  const OwnedLease host = lease_of("br0", "10.0.0.2", "AA-BB-CC-DD-EE-FF");
  const WaitTarget target{{"aa-bb-cc-dd-ee-ff"}, {}, 0, {}};
  CHECK(lines_of(state_of({machine, host}, target)) == Lines{"aa-bb-cc-dd-ee-ff 10.0.0.2 0"});
  CHECK(lines_of(state_of({machine}, target)) == Lines{"aa-bb-cc-dd-ee-ff 10.0.0.1 0"});
  CHECK(lines_of(state_of({machine, host}, {{"aa:bb:cc:dd:ee:ff"}, {}, 0, {}})) ==
        Lines{"aa:bb:cc:dd:ee:ff 10.0.0.1 0"});
}

TEST_CASE("before the first look no name has a lease") {
  const WaitState state;
  CHECK(state.addresses().empty());
  CHECK(state.matching().empty());
  CHECK(state.next_expiry().infinite());
}

TEST_CASE("a name has its addresses most recent first, under the name as it was given") {
  const WaitState state = state_of({expiring(lease_of("br0", "10.0.0.1", "web"), 2000),
                                    lease_of("br0", "10.0.0.2", "web"), lease_of("br0", "10.0.0.3", "db")},
                                   {{"Web", "nobody"}, "", 0, {}});
  CHECK(lines_of(state) == Lines{"Web 10.0.0.2 0", "Web 10.0.0.1 2000"});
  CHECK(state.next_expiry() == ExpiryTime{2000});
  CHECK(state.matching().empty());
}

TEST_CASE("what is not a host name has no lease") {
  CHECK(state_of({lease_of("br0", "10.0.0.1", "web")}, {{"", "-"}, "", 0, {}}).addresses().empty());
}

TEST_CASE("only addresses of the family count") {
  const std::vector<OwnedLease> leases{expiring(lease_of("br0", "10.0.0.1", "web"), 2000),
                                       expiring(lease_of("br0", "fd00::1", "web"), 3000)};
  const WaitState six = state_of(leases, {{"web"}, "*", 1, Family::v6});
  CHECK(lines_of(six) == Lines{"web fd00::1 3000"});
  CHECK(six.next_expiry() == ExpiryTime{3000});
  CHECK(lines_of(state_of({leases[1]}, {{"web"}, "*", 1, Family::v4})).empty());
  CHECK(state_of({leases[1]}, {{"web"}, "*", 1, Family::v4}).matching().empty());
}

TEST_CASE("a glob finds host and guest names in either case, in lower case") {
  const WaitState state = state_of({lease_of("br0", "10.0.0.1", "CI-1"), lease_of("br0", "10.0.0.2", "web"),
                                    with(lease_of("br0", "10.0.0.3"), &OwnedLease::guest_name, "ci-VM.corp")},
                                   {{}, "Ci-*", 2, {}});
  CHECK(matching_of(state) == std::set<std::string>{"ci-1", "ci-vm"});
  CHECK(lines_of(state) == Lines{"ci-1 10.0.0.1 0", "ci-vm 10.0.0.3 0"});
}

TEST_CASE("a glob finds no refused name, no lease without a name and none that has expired") {
  const WaitState state = state_of(
      {with(lease_of("br0", "10.0.0.1", "refused"), &OwnedLease::name_refused, true),
       lease_of("br0", "10.0.0.2"), expiring(lease_of("br0", "10.0.0.3", "over"), kWaitedUntil.value)},
      {{}, "*", 1, {}});
  CHECK(state.addresses().empty());
  CHECK(state.matching().empty());
}

TEST_CASE("an address that is leased in two networks is one, until the first of the two leases expires") {
  const WaitState state = state_of({expiring(lease_of("br0", "10.0.0.1", "web"), 3000),
                                    expiring(lease_of("br1", "10.0.0.1", "web"), 2000)},
                                   {{"web"}, "", 0, {}});
  CHECK(lines_of(state) == Lines{"web 10.0.0.1 2000"});
}

TEST_CASE("leases that expire are removed, and with its last one a name") {
  WaitState state = state_of({expiring(lease_of("br0", "10.0.0.1", "ci-1"), 2000),
                              expiring(lease_of("br0", "10.0.0.2", "ci-1"), 3000),
                              expiring(lease_of("br0", "10.0.0.3", "ci-2"), 2500)},
                             {{}, "ci-*", 2, {}});
  CHECK(state.next_expiry() == ExpiryTime{2000});
  CHECK(state.is_known());
  state.remove_expired({1999});
  CHECK_FALSE(state.is_known());
  CHECK(lines_of(state).size() == 3);
  state.remove_expired({2000});
  CHECK(lines_of(state) == Lines{"ci-1 10.0.0.2 3000", "ci-2 10.0.0.3 2500"});
  CHECK(state.next_expiry() == ExpiryTime{2500});
  state.remove_expired({2600});
  CHECK(lines_of(state) == Lines{"ci-1 10.0.0.2 3000"});
  CHECK(matching_of(state) == std::set<std::string>{"ci-1"});
  state.remove_expired({5000});
  CHECK(state.addresses().empty());
  CHECK(state.next_expiry().infinite());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
