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

namespace leases {

/// The value of an environment variable, nothing if it is not set.
using Environment = std::function<std::optional<std::string_view>(const char* name)>;

/// dnsmasq tells the state of one address: it is leased like this (add, old), or no longer (del).
struct LeaseEvent {
  enum class Kind : std::uint8_t { leased, ended };

  Kind kind = Kind::leased;
  bool for_libvirt = false;  ///< in place of libvirt's helper
  std::string network;       ///< empty if dnsmasq does not know the interface
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string hostname;  ///< a host label or empty
  std::string domain;
  std::vector<std::uint8_t> client_id;
  std::vector<std::uint8_t> server_duid;
  std::optional<Iaid> iaid;
  ExpiryTime expiry;
  /// Of a lease that dnsmasq had before (old, del): when it ends, or would have, by dnsmasq's own clock.
  /// Nothing if it has none.
  std::optional<ExpiryTime> known_expiry{};

  /// The lease that it describes, in the given network. The texts are those of this event and of
  /// `in_network`.
  [[nodiscard]] Lease lease(std::string_view in_network) const;
};

/// dnsmasq starts with leasefile-ro and asks for the leases: of one network, or of all if it is empty.
struct InitRequest {
  std::string network;
  bool for_libvirt = false;
};

/// An action that is not ours: tftp, arp-add, whatever later releases of dnsmasq bring.
struct IgnoredAction {};

/// The call is none that dnsmasq makes. The text says what is wrong with it.
struct BadCall {
  std::string problem;
};

using HookCall = std::variant<LeaseEvent, InitRequest, IgnoredAction, BadCall>;

/// What a call of the --dhcp-script means (dnsmasq(8); DESIGN of the arguments: action, MAC or DUID, address,
/// name). `arguments` without the program's name; `now` is for builds of dnsmasq that give a lease's length
/// instead of its end. Trusts nothing: DNSMASQ_SUPPLIED_HOSTNAME, raw bytes of the client, is not looked at.
///
/// It is libvirt's call if VIR_BRIDGE_NAME is set, or `for_libvirt` says so; then the bridge is the network,
/// whatever NSS_LEASES_NETWORK says, since that is the name of libvirt's files.
HookCall parse_hook_call(std::span<const std::string_view> arguments, const Environment& environment,
                         EpochSeconds now, bool for_libvirt = false);

}  // namespace leases
