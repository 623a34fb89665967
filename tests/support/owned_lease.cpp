#include "tests/support/owned_lease.h"

#include <algorithm>
#include <tuple>

#include "store/status_text.h"

namespace leases {

std::ostream& operator<<(std::ostream& out, const IpAddress& address) {
  return out << IpText(address).view();
}

std::ostream& operator<<(std::ostream& out, const Lease& lease) {
  return out << lease.network << ':' << record_text(lease);
}

bool operator==(const Lease& a, const Lease& b) {
  const auto plain = [](const Lease& lease) {
    return std::tie(lease.network, lease.source, lease.host, lease.guest_name, lease.address, lease.hardware,
                    lease.hostname, lease.name_refused, lease.domain, lease.iaid, lease.expiry, lease.changed,
                    lease.reserved);
  };
  return plain(a) == plain(b) && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid);
}

}  // namespace leases

namespace leases::test {

IpAddress ip(std::string_view text) {
  return parse_ip(text).value();
}

HardwareAddress mac(std::string_view text) {
  return HardwareAddress::parse(text).value();
}

Lease OwnedLease::lease() const {
  Lease lease;
  lease.network = network;
  lease.source = source;
  lease.host = host;
  lease.guest_name = guest_name;
  lease.address = address;
  lease.hardware = hardware;
  lease.hostname = hostname;
  lease.name_refused = name_refused;
  lease.domain = domain;
  lease.client_id = client_id;
  lease.server_duid = server_duid;
  lease.iaid = iaid;
  lease.expiry = {expiry};
  lease.changed = {changed};
  lease.reserved = reserved;
  return lease;
}

OwnedLease full_v4() {
  OwnedLease lease;
  lease.address = ip("10.77.1.196");
  lease.hardware = mac("02:00:00:00:00:01");
  lease.hostname = "Alpha";
  lease.domain = "lan.example";
  lease.client_id = {0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
  lease.expiry = 4102444800;
  lease.changed = 1'700'000'000'000'000'001;
  return lease;
}

OwnedLease full_v6() {
  OwnedLease lease;
  lease.address = ip("fd77:1::1a2b");
  lease.hardware = mac("02:00:00:00:00:06");
  lease.hostname = "six";
  lease.domain = "lan.example";
  lease.client_id = {0x00, 0x01, 0x00, 0x01, 0x2a, 0x3b, 0x4c, 0x5d, 0x02, 0x00, 0x00, 0x00, 0x00, 0x06};
  lease.server_duid = {0x00, 0x01, 0x00, 0x01, 0x2a, 0x00, 0x00, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
  lease.iaid = Iaid{33554438, false};
  lease.expiry = 4102444801;
  lease.changed = 1'700'000'000'000'000'002;
  return lease;
}

std::vector<Lease> views_of(const std::vector<OwnedLease>& leases) {
  std::vector<Lease> views;
  for (const OwnedLease& lease : leases) views.push_back(lease.lease());
  return views;
}

}  // namespace leases::test
