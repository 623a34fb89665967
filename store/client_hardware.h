#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "common/hardware_address.h"
#include "common/host_index.h"
#include "common/iaid.h"
#include "common/lease.h"

namespace leases {

/// The hardware address that a DUID is made of, if it is that of an Ethernet interface (RFC 8415, 11.2
/// and 11.4). Not always of the interface that the client uses now, nor of the machine: copies of a disk may
/// have one DUID.
std::optional<HardwareAddress> hardware_in_duid(std::span<const std::uint8_t> duid);

/// Finds the machines of DHCPv6 leases without a hardware address: from the IPv4 lease of the same client in
/// the same network, whose client identifier contains the DUID and the IAID (RFC 4361), else from the DUID.
/// The caller keeps the leases' bytes.
class ClientHardware {
 public:
  /// Takes any lease; those that say nothing of use are skipped.
  void add(const Lease& lease);

  /// Its own hardware address if it has one. Nothing if that is not known, or if several machines have the
  /// DUID and none of them the IAID.
  [[nodiscard]] std::optional<HardwareAddress> of(const Lease& lease) const;

 private:
  struct Client {
    std::uint32_t iaid;
    HardwareAddress hardware;
  };
  using Key = std::pair<std::string_view, std::string_view>;  ///< network, DUID

  std::map<Key, std::vector<Client>> clients_;
};

/// The same for one lease, with all leases of an index, which are searched only if necessary.
std::optional<HardwareAddress> hardware_of_client(const Lease& lease, const IndexView& view);

}  // namespace leases
