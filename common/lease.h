#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/address.h"
#include "common/hardware_address.h"
#include "common/iaid.h"
#include "common/time.h"

namespace leases {

/// RFC 2132: an option, so a client identifier, has at most 255 bytes.
inline constexpr std::size_t kMaxIdentifier = 255;

/// All that is known of the lease of one address. Its texts and bytes belong to whoever made it: the index, a
/// status file, an event.
struct Lease {
  std::string_view network;
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string_view hostname;                  ///< a host label as the client spells it, or empty
  bool name_refused = false;                  ///< the name policy keeps the host name out of every lookup
  std::string_view domain;                    ///< dnsmasq's domain for this lease, or empty
  std::span<const std::uint8_t> client_id;    ///< option 61; the DUID for IPv6
  std::span<const std::uint8_t> server_duid;  ///< IPv6
  std::optional<Iaid> iaid;                   ///< IPv6
  ExpiryTime expiry;
  ChangeTime changed;

  /// The name under which it is looked up: none if the policy refused it.
  [[nodiscard]] std::string_view listed_name() const { return name_refused ? std::string_view{} : hostname; }
};

/// Least recent change first, as the records stand in a status file.
inline bool changed_before(const Lease& a, const Lease& b) {
  return a.changed < b.changed;
}

}  // namespace leases
