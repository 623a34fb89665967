#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/lease.h"

namespace leases {

std::ostream& operator<<(std::ostream& out, const IpAddress& address);
std::ostream& operator<<(std::ostream& out, const Lease& lease);
/// Whether two leases are equal in every member.
bool operator==(const Lease& a, const Lease& b);

}  // namespace leases

namespace leases::test {

/// An address from a text that must be one.
IpAddress ip(std::string_view text);
HardwareAddress mac(std::string_view text);

/// A lease that owns its texts.
struct OwnedLease {
  std::string network = "br0";
  std::string source;
  std::string host;
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string guest_name;
  std::string hostname;
  bool name_refused = false;
  std::string domain;
  std::vector<std::uint8_t> client_id;
  std::vector<std::uint8_t> server_duid;
  std::optional<Iaid> iaid;
  std::uint64_t expiry = 0;
  std::uint64_t changed = 0;
  bool reserved = false;

  /// Valid as long as this object is.
  [[nodiscard]] Lease lease() const;
};

/// An IPv4 and an IPv6 lease in which every member is set that their families have.
OwnedLease full_v4();
OwnedLease full_v6();

std::vector<Lease> views_of(const std::vector<OwnedLease>& leases);

}  // namespace leases::test
