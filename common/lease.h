#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/address.h"
#include "common/hardware_address.h"
#include "common/host_name.h"
#include "common/iaid.h"
#include "common/time.h"

namespace leases {

/// A DHCP option, and so a client identifier, has at most 255 bytes (RFC 2132).
inline constexpr std::size_t kMaxIdentifier = 255;

/// All that is known of the lease of one address. Its texts and bytes belong to what it was made from: the
/// index, a status file, an event.
struct Lease {
  std::string_view network;  ///< of another host: HOST:NETWORK
  std::string_view
      source;             ///< the file it comes from; empty: the network's status file in the state directory
  std::string_view host;  ///< the other host that shares it; empty: it is this host's own
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string_view hostname;                  ///< a host label as the client spells it, or empty
  bool name_refused = false;                  ///< the name policy keeps the host name out of every lookup
  std::string_view domain;                    ///< dnsmasq's domain for this lease, or empty
  bool short_name = false;                    ///< the canonical name is without the domain
  std::string_view guest_name;                ///< what the MAC map calls the machine, or empty
  std::span<const std::uint8_t> client_id;    ///< option 61; the DUID for IPv6
  std::span<const std::uint8_t> server_duid;  ///< IPv6
  std::optional<Iaid> iaid;                   ///< IPv6
  ExpiryTime expiry;
  ChangeTime changed;
  /// No lease: its DHCP server's configuration keeps the address for this host name. It answers while no live
  /// lease of the network has the address or the name.
  bool reserved = false;

  /// The host name under which it is looked up; empty if the policy refused it.
  [[nodiscard]] std::string_view accepted_name() const {
    return name_refused ? std::string_view{} : hostname;
  }
  /// The host label of its guest's name, under which it is looked up as well; or empty.
  [[nodiscard]] std::string_view guest_label() const { return label_of(guest_name); }
  /// The name that a lookup of its address gives: its own, else its guest's; or empty.
  [[nodiscard]] std::string_view display_name() const {
    return accepted_name().empty() ? guest_label() : accepted_name();
  }
};

/// Whether two leases differ in nothing but their sources and the times of their last changes.
inline bool equal_but_for_time(const Lease& a, const Lease& b) {
  return a.network == b.network && a.address == b.address && a.hardware == b.hardware &&
         a.hostname == b.hostname && a.name_refused == b.name_refused && a.domain == b.domain &&
         a.short_name == b.short_name && a.guest_name == b.guest_name && a.iaid == b.iaid &&
         a.expiry == b.expiry && a.reserved == b.reserved && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid);
}

/// What two leases of one address say about whose they are.
enum class ClientMatch : std::uint8_t {
  same,
  different,
  unknown,  ///< they have no client identifier or hardware address in common to compare
};

/// Compares clients as dnsmasq tells them apart: by client identifier where both leases have one (for IPv6
/// the DUID, and the IAID), else by hardware address.
inline ClientMatch match_clients(const Lease& a, const Lease& b) {
  const bool are_identified = !a.client_id.empty() && !b.client_id.empty();
  if (!are_identified && (!a.hardware || !b.hardware)) return ClientMatch::unknown;
  const bool is_same = are_identified ? std::ranges::equal(a.client_id, b.client_id) && a.iaid == b.iaid
                                      : a.hardware == b.hardware;
  return is_same ? ClientMatch::same : ClientMatch::different;
}

/// The order of records in a status file: the latest change last.
inline bool changed_before(const Lease& a, const Lease& b) {
  return a.changed < b.changed;
}

}  // namespace leases
