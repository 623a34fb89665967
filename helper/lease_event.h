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

/// dnsmasq tells the state of one address: it is leased like this (add, old), or no longer (del).
struct LeaseEvent {
  enum class Kind : std::uint8_t { leased, ended };

  Kind kind = Kind::leased;
  bool for_libvirt = false;  ///< in place of libvirt's helper
  bool repeats = false;      ///< dnsmasq tells what it has kept, and has heard nothing from the client now
  std::string network;       ///< empty if dnsmasq does not know the interface
  bool network_is_given = false;  ///< an administrator gave it the name (NSS_LEASES_NETWORK), or libvirt
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string hostname;  ///< a host label; or what is no such label, which the name policy refuses; or empty
  std::string domain;
  std::vector<std::uint8_t> client_id;
  std::vector<std::uint8_t> server_duid;
  std::optional<Iaid> iaid;
  ExpiryTime expiry;

  /// The lease that it describes, in the given network. The texts are those of this event and of
  /// `in_network`.
  [[nodiscard]] Lease lease(std::string_view in_network) const;
};

/// An action that is not ours: tftp, arp-add, whatever later releases of dnsmasq bring.
struct IgnoredAction {};

/// The call is none that dnsmasq makes. The text says what is wrong with it.
struct InvalidCall {
  std::string problem;
};

using HookCall = std::variant<LeaseEvent, InitRequest, IgnoredAction, InvalidCall>;

/// What a call of the --dhcp-script means (dnsmasq(8): action, MAC address or DUID, address, name).
/// `arguments` without the program's name; `now` is for builds of dnsmasq that give a lease's length instead
/// of its end. Trusts nothing: DNSMASQ_SUPPLIED_HOSTNAME, raw bytes of the client, is looked at for libvirt
/// only, for a name that is shown and never answered. Of an identifier that is cut or longer than
/// kMaxIdentifier nothing is taken; the rest of the call counts.
///
/// It is libvirt's call if VIR_BRIDGE_NAME is set, or `for_libvirt` says so; then the bridge is the network,
/// whatever NSS_LEASES_NETWORK says, since that is the name of libvirt's files.
HookCall parse_hook_call(std::span<const std::string_view> arguments, const Environment& environment,
                         EpochSeconds now, bool for_libvirt = false);

}  // namespace leases
