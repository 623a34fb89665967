#pragma once

#include <cstdint>

#include "common/address.h"
#include "common/index_layout.h"
#include "common/table.h"
#include "common/word.h"

namespace leases {

/// The first addresses of an answer: leases of one address may come from several sources.
class SeenAddresses {
 public:
  /// False if the address was added before.
  bool add(const IpAddress& address) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (addresses_[i] == address) return false;
    }
    if (count_ < kRoom) addresses_[count_++] = address;
    return true;
  }

 private:
  static constexpr std::uint32_t kRoom = 32;

  IpAddress addresses_[kRoom];
  std::uint32_t count_ = 0;
};

/// The newest leases of the first machines of an answer. Programs sort what they are given (RFC 6724), so the
/// order of an answer does not keep them from the address that a machine had before it got another, at which
/// nobody is.
class NewestLeases {
 public:
  /// False if a newer lease of the same machine was offered before. Of leases that changed at the same time
  /// the newer is the one that comes first in the name's slot, whenever it was offered: one with the name as
  /// its own, then one under its guest's name. `place` is where the lease comes there. The same lease may be
  /// offered again.
  bool offer(const Table& table, std::uint32_t position, std::uint32_t place) noexcept {
    const Holder lease = lease_at(table, position, place);
    if (Holder* known = find(lease)) {
      if (known->place == place) return true;
      if (!lease.is_newer_than(*known)) return false;
      *known = lease;
    } else if (count_ < kRoom) {
      leases_[count_++] = lease;
    }
    return true;
  }

 private:
  static constexpr std::uint32_t kRoom = 32;

  /// Of a client in a network. Leases replace each other if they are of one family, for IPv6 of one subnet
  /// (a client has an address in each) and of one kind of association (RFC 8415: IA_NA or IA_TA).
  struct Holder {
    std::uint64_t subnet;  ///< of IPv6, the first half of the address
    Family family;
    bool temporary;
    bool has_hardware;
    HardwareAddress hardware;
    std::string_view client_id;
    bool has_iaid;
    std::uint32_t iaid;
    std::string_view network;
    std::uint64_t changed;
    std::uint32_t place;  ///< in the name's slot

    [[nodiscard]] bool is_newer_than(const Holder& other) const noexcept {
      return changed != other.changed ? changed > other.changed : place < other.place;
    }
    /// By the hardware address, since firmware and system have client identifiers of their own. Where one of
    /// them is not known, as that of a DHCPv6 client in dnsmasq's lease file, by the identifier, and by the
    /// IAID, of which each interface of a client has one.
    [[nodiscard]] bool is_of_machine_of(const Holder& other) const noexcept {
      if (subnet != other.subnet || family != other.family || temporary != other.temporary) return false;
      const bool is_client = has_hardware && other.has_hardware
                                 ? hardware == other.hardware
                                 : !client_id.empty() && client_id == other.client_id &&
                                       has_iaid == other.has_iaid && iaid == other.iaid;
      return is_client && network == other.network;
    }
  };

  static Holder lease_at(const Table& table, std::uint32_t position, std::uint32_t place) noexcept {
    const layout::LeaseRecord record = table.record(position);
    const layout::LeaseDetails details = table.details(position);
    return {record.family == 6 ? load<std::uint64_t>(record.address) : 0,
            record.family == 6 ? Family::v6 : Family::v4,
            (record.flags & layout::kTemporary) != 0,
            (record.flags & layout::kHasHardware) != 0 && details.hardware_length > 0,
            Table::hardware_of(details),
            table.text(details.client_id_offset, details.client_id_length),
            (record.flags & layout::kHasIaid) != 0,
            details.iaid,
            table.network_of(record.source),
            details.changed,
            place};
  }

  Holder* find(const Holder& lease) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (leases_[i].is_of_machine_of(lease)) return &leases_[i];
    }
    return nullptr;
  }

  Holder leases_[kRoom] = {};
  std::uint32_t count_ = 0;
};

}  // namespace leases
