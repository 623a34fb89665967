#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/address.h"
#include "common/hardware_address.h"
#include "common/lease.h"
#include "common/time.h"
#include "store/importer_call.h"

namespace leases {

/// The value of an environment variable, nothing if it is not set.
using Environment = std::function<std::optional<std::string_view>(const char* name)>;

/// dnsmasq reports the state of one address: it is leased as described (add, old), or no longer (del).
struct LeaseEvent {
  enum class Kind : std::uint8_t { leased, ended };

  Kind kind = Kind::leased;
  bool for_libvirt = false;       ///< in place of libvirt's helper
  bool repeats = false;           ///< dnsmasq repeats what it has stored; the client has sent nothing
  std::string network;            ///< empty if dnsmasq does not know the interface
  bool network_is_given = false;  ///< the name comes from NSS_LEASES_NETWORK, or from libvirt
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string hostname;  ///< a host label, or another text, which the name policy refuses; or empty
  std::string domain;
  std::vector<std::uint8_t> client_id;
  std::vector<std::uint8_t> server_duid;
  std::optional<Iaid> iaid;
  ExpiryTime expiry;

  /// The lease that it describes, in the given network. The texts are those of this event and of
  /// `in_network`.
  [[nodiscard]] Lease lease(std::string_view in_network) const;
};

/// An action that does not concern leases: tftp, arp-add, or one of a later release of dnsmasq.
struct IgnoredAction {};

/// dnsmasq makes no such call. The text says what is wrong with it.
struct InvalidCall {
  std::string problem;
};

using HookCall = std::variant<LeaseEvent, InitRequest, IgnoredAction, InvalidCall>;

/// What a call of the --dhcp-script means (dnsmasq(8): action, MAC address or DUID, address, name).
/// `arguments` without the program's name; `now` is for builds of dnsmasq that give a lease's length instead
/// of its end. Trusts nothing: DNSMASQ_SUPPLIED_HOSTNAME, raw bytes from the client, is used for libvirt
/// only, as a name that is listed and never answered. An identifier that is cut short or longer than
/// kMaxIdentifier is ignored; the rest of the call counts.
///
/// The call is libvirt's if VIR_BRIDGE_NAME or `for_libvirt` is set. Then the network is the bridge, whatever
/// NSS_LEASES_NETWORK says, since libvirt's files have the bridge's name.
HookCall parse_hook_call(std::span<const std::string_view> arguments, const Environment& environment,
                         EpochSeconds now, bool for_libvirt = false);

}  // namespace leases
