#include "cli/names/lease_query.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

constexpr std::uint64_t kLongAgo = 1000;

/// The addresses of the leases found, in order.
std::vector<std::string> found(const std::vector<OwnedLease>& leases, const std::string& subject) {
  const IndexFixture fixture(leases);
  const IndexReader reader = fixture.reader();
  std::vector<std::string> addresses;
  for (const Lease& lease : leases_of(reader, subject)) addresses.emplace_back(IpText(lease.address).view());
  return addresses;
}

using AddressTexts = std::vector<std::string>;

std::vector<OwnedLease> machines_to_ask_for() {
  OwnedLease web = lease_of("br0", "10.0.0.1", "web");
  web.domain = "lab";
  web.hardware = mac("02:00:00:00:00:01");
  OwnedLease web_six = lease_of("br0", "fd00::1", "WEB");
  web_six.hardware = mac("02:00:00:00:00:01");
  OwnedLease vm = lease_of("br1", "10.0.1.1");
  vm.guest_name = "vm1.example";
  return {web, web_six, vm};
}

}  // namespace

TEST_SUITE_BEGIN("lease_query");

TEST_CASE("a name finds its leases, most recent first and in either case") {
  CHECK(found(machines_to_ask_for(), "Web") == AddressTexts{"fd00::1", "10.0.0.1"});
  CHECK(found(machines_to_ask_for(), "web.lab") == AddressTexts{"10.0.0.1"});
  CHECK(found(machines_to_ask_for(), "web.br1").empty());
}

TEST_CASE("a name also finds the older leases of a machine, which programs are not given") {
  OwnedLease older = lease_of("br0", "10.0.0.1", "web");
  OwnedLease newer = lease_of("br0", "10.0.0.9", "web");
  older.hardware = newer.hardware = mac("02:00:00:00:00:01");
  newer.changed = older.changed + 1;
  CHECK(found({older, newer}, "web") == AddressTexts{"10.0.0.9", "10.0.0.1"});
}

TEST_CASE("a refused name finds its lease with the network, and not without") {
  OwnedLease refused = lease_of("br0", "10.0.0.1", "Builder");
  refused.name_refused = true;
  refused.domain = "lab";
  CHECK(found({refused}, "builder.br0") == AddressTexts{"10.0.0.1"});
  for (const char* name : {"builder", "builder.lab", "builder.br1"}) CHECK(found({refused}, name).empty());
}

TEST_CASE("a refused name of another host's lease finds it with that host") {
  OwnedLease refused = lease_of("hv2:lab", "10.0.0.1", "builder");
  refused.host = "hv2";
  refused.name_refused = true;
  CHECK(found({refused}, "builder.hv2") == AddressTexts{"10.0.0.1"});
  CHECK(found({refused}, "builder.hv2:lab").empty());
}

TEST_CASE("a guest's name finds the lease of its machine") {
  CHECK(found(machines_to_ask_for(), "vm1") == AddressTexts{"10.0.1.1"});
  CHECK(found(machines_to_ask_for(), "vm1.example") == AddressTexts{"10.0.1.1"});
}

TEST_CASE("an address finds its lease in every network") {
  CHECK(found(machines_to_ask_for(), "10.0.0.1") == AddressTexts{"10.0.0.1"});
  CHECK(found({lease_of("br0", "10.0.0.1", "a"), lease_of("br1", "10.0.0.1", "b")}, "10.0.0.1") ==
        AddressTexts{"10.0.0.1", "10.0.0.1"});
  CHECK(found(machines_to_ask_for(), "10.0.0.9").empty());
}

TEST_CASE("a hardware address finds all leases of its machine") {
  CHECK(found(machines_to_ask_for(), "02:00:00:00:00:01") == AddressTexts{"10.0.0.1", "fd00::1"});
  CHECK(found(machines_to_ask_for(), "02:00:00:00:00:09").empty());
}

TEST_CASE("leases of a card are also those of DHCPv6 whose client told no hardware address") {
  const HardwareAddress card = mac("02:00:00:00:00:01");
  const std::vector<std::uint8_t> duid{0, 4, 1, 2, 3, 4};
  OwnedLease four = lease_of("br0", "10.0.0.1", "web");
  four.hardware = card;
  four.client_id = {255, 0, 0, 0, 7};
  four.client_id.insert(four.client_id.end(), duid.begin(), duid.end());
  OwnedLease six = lease_of("br0", "fd00::1");
  six.client_id = duid;
  six.iaid = Iaid{7};
  OwnedLease by_duid = lease_of("br1", "fd00::2");
  by_duid.client_id = {0, 3, 0, 1, 2, 0, 0, 0, 0, 1};
  OwnedLease other = lease_of("br0", "fd00::3");
  other.client_id = {0, 4, 9};
  const IndexFixture fixture({four, six, by_duid, other});
  const IndexReader reader = fixture.reader();
  AddressTexts addresses;
  for (const Lease& lease : leases_of_hardware(reader, card))
    addresses.emplace_back(IpText(lease.address).view());
  CHECK(addresses == AddressTexts{"10.0.0.1", "fd00::1", "fd00::2"});
}

TEST_CASE("what reads as an IPv6 address may be a hardware address") {
  auto lease = lease_of("br0", "10.0.0.1", "infiniband");
  lease.hardware = mac("01:02:03:04:05:06:07:08");
  CHECK(found({lease}, "01:02:03:04:05:06:07:08") == AddressTexts{"10.0.0.1"});
  CHECK(found({lease, lease_of("br0", "1:2:3:4:5:6:7:8", "six")}, "01:02:03:04:05:06:07:08") ==
        AddressTexts{"1:2:3:4:5:6:7:8"});
}

TEST_CASE("leases that have expired are not found") {
  for (const std::string subject : {"web", "10.0.0.1", "02:00:00:00:00:01"}) {
    CAPTURE(subject);
    auto leases = machines_to_ask_for();
    leases.erase(leases.begin() + 1);
    leases[0].expiry = kLongAgo;
    CHECK(found(leases, subject).empty());
  }
}

TEST_CASE("what is not a name, an address or a hardware address finds nothing") {
  for (const std::string subject : {"", ".", "no such name", "-x", "10.0.0"}) {
    CAPTURE(subject);
    CHECK(found(machines_to_ask_for(), subject).empty());
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
