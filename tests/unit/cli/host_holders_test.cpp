#include "cli/known_hosts/host_holders.h"

#include <doctest/doctest.h>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

OwnedLease lease(const std::string& address, const std::string& hostname) {
  OwnedLease lease;
  lease.address = ip(address);
  lease.hostname = hostname;
  lease.hardware = mac("02:00:00:00:00:01");
  return lease;
}

HoldersOfHosts holders(const std::vector<OwnedLease>& leases) {
  return holders_of_hosts(views_of(leases));
}

const AddressHistory::Holders kMachine{"02:00:00:00:00:01"};

}  // namespace

TEST_SUITE_BEGIN("host_holders");

TEST_CASE("a lease's hosts are its address and its names with every suffix, in lower case") {
  OwnedLease web = lease("10.0.0.1", "Web");
  web.domain = "Lab.Example";
  web.guest_name = "VM1.corp";
  HoldersOfHosts expected;
  for (const char* host : {"10.0.0.1", "web", "web.lab.example", "web.br0", "web.corp", "vm1",
                           "vm1.lab.example", "vm1.br0", "vm1.corp"})
    expected[host] = kMachine;
  CHECK(holders({web}) == expected);
}

TEST_CASE("a name that was refused, or is not a host name, is not a host") {
  OwnedLease refused = lease("10.0.0.1", "web");
  refused.name_refused = true;
  CHECK(holders({refused}) == HoldersOfHosts{{"10.0.0.1", kMachine}});
  CHECK(holders({lease("10.0.0.1", "a b")}) == HoldersOfHosts{{"10.0.0.1", kMachine}});
}

TEST_CASE("a host that several machines have has them all") {
  OwnedLease other = lease("10.0.0.2", "web");
  other.hardware = mac("02:00:00:00:00:02");
  CHECK(holders({lease("10.0.0.1", "web"), other}).at("web") ==
        AddressHistory::Holders{"02:00:00:00:00:01", "02:00:00:00:00:02"});
}

TEST_CASE("an IPv6 client is known by its DUID as well, an IPv4 client only without a hardware address") {
  OwnedLease six = lease("fd00::1", "");
  six.client_id = {0, 1, 2};
  CHECK(holders({six}).at("fd00::1") == AddressHistory::Holders{"00:01:02", "02:00:00:00:00:01"});
  OwnedLease four = lease("10.0.0.1", "");
  four.client_id = {1, 2};
  CHECK(holders({four}).at("10.0.0.1") == kMachine);
  four.hardware.reset();
  CHECK(holders({four}).at("10.0.0.1") == AddressHistory::Holders{"01:02"});
  four.client_id.clear();
  CHECK(holders({four}).empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
