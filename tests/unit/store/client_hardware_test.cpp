#include "store/client_hardware.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kMacEnd = 7;
/// DUIDs of 52:54:00:00:00:07.
const Bytes kLinkLayer{0, 3, 0, 1, 0x52, 0x54, 0, 0, 0, kMacEnd};
const Bytes kLinkLayerAndTime{0, 1, 0, 1, 0x2a, 0, 0, 1, 0x52, 0x54, 0, 0, 0, kMacEnd};
/// One made by systemd-networkd.
const Bytes kVendor{0, 2, 0, 0, 0xab, 0x11, 1, 2, 3, 4, 5, 6, 7, 8};

OwnedLease v6(const Bytes& duid, std::uint32_t iaid) {
  OwnedLease lease;
  lease.network = "lan";
  lease.address = ip("fd00::7");
  lease.client_id = duid;
  lease.iaid = Iaid{iaid, false};
  return lease;
}

OwnedLease v4(std::string_view hardware, const Bytes& duid, std::uint8_t iaid) {
  OwnedLease lease;
  lease.network = "lan";
  lease.address = ip("10.0.0.7");
  lease.hardware = mac(hardware);
  lease.client_id = {255, 0, 0, 0, iaid};
  lease.client_id.insert(lease.client_id.end(), duid.begin(), duid.end());
  return lease;
}

/// The MAC address of the machine of an IPv6 lease, beside these IPv4 leases; empty if that is not known.
std::string machine_of(const OwnedLease& lease, const std::vector<OwnedLease>& others = {}) {
  ClientHardware clients;
  for (const OwnedLease& other : others) clients.add(other.lease());
  const auto hardware = clients.of(lease.lease());
  return hardware ? std::string(HardwareText(*hardware).view()) : "";
}

}  // namespace

TEST_SUITE_BEGIN("client_hardware");

TEST_CASE("a DUID tells the address of an Ethernet interface that it is made of, and nothing else") {
  for (const Bytes& duid : {kLinkLayer, kLinkLayerAndTime})
    CHECK(hardware_in_duid(duid) == mac("52:54:00:00:00:07"));
  Bytes infiniband = kLinkLayer;
  infiniband[3] = 32;
  Bytes longer = kLinkLayer;
  longer.push_back(0);
  const Bytes uuid{0, 4, 0, 1, 0x52, 0x54, 0, 0, 0, kMacEnd};
  for (const Bytes& duid : {Bytes{}, Bytes{0, 3, 0}, Bytes{0, 3, 0, 1}, kVendor, uuid, infiniband, longer})
    CHECK_FALSE(hardware_in_duid(duid));
}

TEST_CASE("what a lease tells itself counts, and IPv4 leases tell all that they have") {
  OwnedLease lease = v6(kLinkLayer, 1);
  CHECK(machine_of(lease) == "52:54:00:00:00:07");
  lease.hardware = mac("52:54:00:00:00:09");
  CHECK(machine_of(lease) == "52:54:00:00:00:09");
  OwnedLease other = v4("52:54:00:00:00:08", kLinkLayer, 1);
  other.hardware.reset();
  CHECK(machine_of(other).empty());
}

TEST_CASE("the IPv4 lease of the same client counts more than the DUID") {
  CHECK(machine_of(v6(kVendor, 1)).empty());
  for (const Bytes& duid : {kVendor, kLinkLayerAndTime})
    CHECK(machine_of(v6(duid, 1), {v4("52:54:00:00:00:08", duid, 1)}) == "52:54:00:00:00:08");
}

TEST_CASE("of several machines with one DUID, as copies of a disk have it, the IAID tells which") {
  const std::vector<OwnedLease> copies{v4("52:54:00:00:00:07", kVendor, 1),
                                       v4("52:54:00:00:00:08", kVendor, 2)};
  CHECK(machine_of(v6(kVendor, 2), copies) == "52:54:00:00:00:08");
  CHECK(machine_of(v6(kVendor, 3), copies).empty());
  // The IAID of one may be made otherwise than that of the other family.
  CHECK(machine_of(v6(kVendor, 3), {copies[0]}) == "52:54:00:00:00:07");
}

TEST_CASE("only leases of the same network tell") {
  OwnedLease elsewhere = v4("52:54:00:00:00:08", kVendor, 1);
  elsewhere.network = "other";
  CHECK(machine_of(v6(kVendor, 1), {elsewhere}).empty());
}

TEST_CASE("client identifiers that are no DUIDs tell nothing") {
  OwnedLease ethernet = v4("52:54:00:00:00:08", kVendor, 1);
  ethernet.client_id.front() = 1;
  OwnedLease cut = v4("52:54:00:00:00:08", {}, 1);
  CHECK(machine_of(v6(kVendor, 1), {ethernet, cut}).empty());
  CHECK(machine_of(v6({}, 1), {ethernet, cut}).empty());
}

TEST_SUITE_END();

}  // namespace leases::test
