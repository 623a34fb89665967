#include "cli/exports/inventory.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/captured_output.h"
#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using Texts = std::vector<std::string>;

Inventory inventory_with(const std::vector<OwnedLease>& leases, const Texts& networks = {}) {
  const IndexFixture fixture(leases);
  return inventory_of(fixture.reader(), fixture.settings(), NetworkChoice{networks});
}

Texts keys_of(const std::vector<InventoryHost>& hosts) {
  Texts keys;
  for (const InventoryHost& host : hosts) keys.push_back(host.key());
  return keys;
}

Texts addresses_of(const InventoryHost& host) {
  Texts addresses;
  for (const IpAddress& address : host.addresses) addresses.emplace_back(IpText(address).view());
  return addresses;
}

}  // namespace

TEST_SUITE_BEGIN("inventory");

TEST_CASE("a host has all leases of a name in a network, IPv4 first, whatever its case") {
  const Inventory inventory =
      inventory_with({lease_of("br0", "fd00::1", "Web"), lease_of("br0", "10.0.0.9", "web"),
                      lease_of("br0", "10.0.0.2", "WEB")});
  REQUIRE(keys_of(inventory.hosts) == Texts{"web"});
  CHECK(inventory.hosts[0].network == "br0");
  CHECK(addresses_of(inventory.hosts[0]) == Texts{"10.0.0.2", "10.0.0.9", "fd00::1"});
}

TEST_CASE("hosts come by network and name") {
  CHECK(keys_of(inventory_with({lease_of("br1", "10.0.1.1", "a"), lease_of("br0", "10.0.0.2", "z"),
                                lease_of("br0", "10.0.0.1", "b")})
                    .hosts) == Texts{"b", "z", "a"});
}

TEST_CASE("only networks that were chosen are exported") {
  const Inventory inventory =
      inventory_with({lease_of("br0", "10.0.0.1", "a"), lease_of("br1", "10.0.1.1", "b")}, {"br1"});
  CHECK(keys_of(inventory.hosts) == Texts{"b"});
  REQUIRE(inventory.networks.size() == 1);
  CHECK(inventory.networks[0].network == "br1");
}

TEST_CASE("domain and hardware address are those of the most recent lease that has one") {
  auto old = lease_of("br0", "10.0.0.1", "web");
  old.domain = "Old.Example";
  old.hardware = mac("02:00:00:00:00:01");
  auto recent = lease_of("br0", "10.0.0.2", "web");
  recent.domain = "New.Example";
  const auto latest = lease_of("br0", "10.0.0.3", "web");
  const Inventory inventory = inventory_with({latest, old, recent});
  REQUIRE(inventory.hosts.size() == 1);
  CHECK(inventory.hosts[0].domain == "new.example");
  CHECK(inventory.hosts[0].hardware == mac("02:00:00:00:00:01"));
}

TEST_CASE(
    "names that were refused, names that are missing and leases that expired are left out without a word") {
  const CapturedErrors errors;
  const Inventory inventory = inventory_with(
      {with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::name_refused, true), lease_of("br0", "10.0.0.2"),
       with(lease_of("br0", "10.0.0.3", "old"), &OwnedLease::expiry, 1U)});
  CHECK(inventory.hosts.empty());
  CHECK(errors.text().empty());
}

TEST_CASE("a name that several networks have is told apart by its network") {
  const Inventory inventory =
      inventory_with({lease_of("br0", "10.0.0.1", "web"), lease_of("lab", "10.0.1.1", "web"),
                      lease_of("lab", "10.0.1.2", "db")});
  CHECK(keys_of(inventory.hosts) == Texts{"web.br0", "db", "web.lab"});
  CHECK(inventory.hosts[0].names() == Texts{"web.br0"});
}

TEST_CASE("one of several hosts of a name is left out if its network's name cannot follow in a domain name") {
  const CapturedErrors errors;
  const Inventory inventory =
      inventory_with({lease_of("br0", "10.0.0.1", "web"), lease_of("br@2", "10.0.1.1", "web")});
  CHECK(keys_of(inventory.hosts) == Texts{"web.br0"});
  CHECK(errors.text() ==
        "nss-leases: the host 'web.br@2' is one of several with its name, and the network's name cannot "
        "follow it in "
        "a domain name; it is left out\n");
}

TEST_CASE("a host is found by its name alone and with each suffix") {
  auto lease = lease_of("br0", "10.0.0.1", "web");
  lease.domain = "Lab.Example";
  lease.guest_name = "web.corp";
  const Inventory inventory = inventory_with({lease});
  REQUIRE(inventory.hosts.size() == 1);
  CHECK(inventory.hosts[0].names() == Texts{"web", "web.lab.example", "web.br0", "web.corp"});
}

TEST_CASE("a suffix that is there twice gives one name") {
  const Inventory inventory =
      inventory_with({with(lease_of("lab", "10.0.0.1", "web"), &OwnedLease::domain, "lab")});
  REQUIRE(inventory.hosts.size() == 1);
  CHECK(inventory.hosts[0].names() == Texts{"web", "web.lab"});
}

TEST_CASE("a machine has its own name, and its guest's name beside it") {
  const Inventory inventory =
      inventory_with({with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::guest_name, "vm1.corp"),
                      with(lease_of("br0", "10.0.0.2"), &OwnedLease::guest_name, "vm2")});
  CHECK(keys_of(inventory.hosts) == Texts{"vm2", "web"});
  CHECK(keys_of(inventory.guests) == Texts{"vm1"});
  CHECK(inventory.guests[0].guest_domain == "corp");
  CHECK(keys_of(inventory.by_every_name()) == Texts{"vm2", "web", "vm1"});
}

TEST_CASE("a lease without a name is its guest's own host only if no other lease of the guest has a name") {
  const Inventory inventory =
      inventory_with({with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::guest_name, "vm1"),
                      with(lease_of("br0", "fd00::1"), &OwnedLease::guest_name, "vm1")});
  CHECK(keys_of(inventory.hosts) == Texts{"web"});
  REQUIRE(keys_of(inventory.guests) == Texts{"vm1"});
  CHECK(addresses_of(inventory.guests[0]) == Texts{"10.0.0.1", "fd00::1"});
}

TEST_CASE("a guest's name that is a host's own name in the network belongs to that host") {
  const Inventory inventory =
      inventory_with({with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::guest_name, "db"),
                      lease_of("br0", "10.0.0.2", "db")});
  CHECK(keys_of(inventory.hosts) == Texts{"db", "web"});
  CHECK(inventory.guests.empty());
}

TEST_CASE("a hostile index puts no strange text into an export") {
  const CapturedErrors errors;
  const Inventory inventory =
      inventory_with({with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::domain, "a\nb"),
                      with(lease_of("br0", "10.0.0.2", "db"), &OwnedLease::guest_name, "db.c d"),
                      lease_of("br0", "10.0.0.3", "x;y"), lease_of("../etc", "10.0.0.4", "evil")});
  CHECK(keys_of(inventory.hosts) == Texts{"db", "web"});
  CHECK(inventory.hosts[0].guest_domain.empty());
  CHECK(inventory.hosts[1].domain.empty());
  REQUIRE(inventory.networks.size() == 1);
  CHECK(inventory.networks[0].network == "br0");
  const std::string text = errors.text();
  CHECK(text.find("the domain 'a\\x0ab' is not a domain name; it is left out\n") != std::string::npos);
  CHECK(text.find("the guest's domain 'c\\x20d' is not a domain name; it is left out\n") !=
        std::string::npos);
  CHECK(text.find("the host 'x;y' is not a host name; it is left out\n") != std::string::npos);
  CHECK(text.find("the network '../etc' is not a name of a network; it is left out\n") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
