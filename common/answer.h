#pragma once

#include <cstdint>
#include <string_view>

#include "common/address.h"
#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/shared_network.h"
#include "common/table.h"
#include "common/time.h"

namespace leases {

/// For how long an answer from a reservation holds, in seconds: a lease may take its place at any time.
inline constexpr std::uint64_t kReservationHolds = 60;

/// A lease that answers a question, or a reservation.
struct Answer {
  const Table& table;
  std::uint32_t position;  ///< of the lease in the table
  IpAddress address;
  ExpiryTime expiry;      ///< until then it holds
  std::string_view name;  ///< a host label: the lease's host name or its guest's; valid until the next answer
  bool has_full_name;     ///< the canonical name is name.domain

  [[nodiscard]] std::string_view domain() const {
    const layout::LeaseRecord record = table.record(position);
    return table.text(record.domain_offset, record.domain_length);
  }
  [[nodiscard]] bool is_reserved() const { return (table.record(position).flags & layout::kReserved) != 0; }
  /// The network of a lease of this host's; else the host that shares the lease.
  [[nodiscard]] std::string_view place() const {
    const layout::LeaseRecord record = table.record(position);
    const std::string_view network = table.network_of(record.source);
    return (record.flags & layout::kOfOtherHost) != 0 ? SharedNetwork::parse(network).host : network;
  }
  /// The domain of the guest's name, if the name of the answer is the guest's: a guest that sends another
  /// host name must not get that name into its guest's domain.
  [[nodiscard]] std::string_view guest_domain() const {
    const std::string_view guest = table.guest_name_of(position);
    return equal_folded(label_of(guest), name) ? domain_part_of(guest) : std::string_view{};
  }
};

/// The suffix of a qualified name as the lease spells it: its domain, its network or its guest's domain,
/// whichever the suffix is. Empty if it is none of them, or if the name is not qualified. Of another host's
/// lease, the host counts instead of the network: others must not call a network `com`.
inline std::string_view matching_suffix(const HostQuery& query, const Answer& answer) noexcept {
  if (query.suffix.empty()) return {};
  if (equal_folded(query.suffix, answer.domain())) return answer.domain();
  if (equal_folded(query.suffix, answer.place())) return answer.place();
  if (equal_folded(query.suffix, answer.guest_domain())) return answer.guest_domain();
  return {};
}

/// What follows the name, after a dot, in the canonical name: the domain, whatever was asked for, so that a
/// program learns the same from this source as from DNS; without a domain, the suffix that was asked for. A
/// guest that was asked for by its whole name has that. May be empty.
inline std::string_view canonical_suffix(const HostQuery& query, const Answer& answer) noexcept {
  const std::string_view asked = matching_suffix(query, answer);
  const bool is_guest = !asked.empty() && equal_folded(asked, answer.guest_domain());
  return answer.has_full_name && !is_guest ? answer.domain() : asked;
}

/// Until when an answer holds that was found at `now`.
inline ExpiryTime expiry_of_answer(std::uint64_t expiry, bool is_reserved, EpochSeconds now) noexcept {
  return {is_reserved ? now.value + kReservationHolds : expiry};
}

}  // namespace leases
