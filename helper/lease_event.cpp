#include "helper/lease_event.h"

#include <initializer_list>
#include <limits>

#include "common/hex_bytes.h"
#include "common/host_name.h"
#include "helper/decimal.h"
#include "helper/network_name.h"

namespace leases {

namespace {

std::vector<std::uint8_t> parse_identifier(std::string_view text) {
  std::vector<std::uint8_t> bytes(kMaxIdentifier);
  bytes.resize(parse_hex_bytes(text, bytes.data(), bytes.size()).value_or(0));
  return bytes;
}

/// dnsmasq before 2.52 left a space behind the number.
std::optional<ExpiryTime> parse_end(const Environment& environment) {
  auto expires = environment("DNSMASQ_LEASE_EXPIRES");
  if (!expires) return {};
  while (expires->ends_with(' ')) expires->remove_suffix(1);
  const auto seconds = parse_decimal<std::uint64_t>(*expires);
  if (!seconds) return {};
  return ExpiryTime{*seconds};
}

/// Builds without a clock (HAVE_BROKEN_RTC) give the length.
std::optional<ExpiryTime> parse_expiry(const Environment& environment, EpochSeconds now) {
  if (const auto end = parse_end(environment)) return end;
  if (const auto length = environment("DNSMASQ_LEASE_LENGTH")) {
    if (const auto seconds = parse_decimal<std::uint32_t>(*length)) {
      const bool infinite = *seconds == std::numeric_limits<std::uint32_t>::max();
      return ExpiryTime{infinite ? 0 : now.value + *seconds};
    }
  }
  return {};
}

/// The first of some variables that names a network; empty if none does.
std::string network_of(const Environment& environment, std::initializer_list<const char*> variables) {
  for (const char* variable : variables) {
    const auto value = environment(variable);
    if (value && is_network_name(*value)) return std::string(*value);
  }
  return {};
}

/// The client, as argv[2] has it: a MAC for IPv4, a DUID for IPv6.
bool parse_client(std::string_view text, const Environment& environment, LeaseEvent& event) {
  if (event.address.family == Family::v4) {
    event.hardware = HardwareAddress::parse(text);
    event.client_id = parse_identifier(environment("DNSMASQ_CLIENT_ID").value_or(""));
    return event.hardware.has_value();
  }
  event.client_id = parse_identifier(text);
  event.hardware = HardwareAddress::parse(environment("DNSMASQ_MAC").value_or(""));
  event.server_duid = parse_identifier(environment("DNSMASQ_SERVER_DUID").value_or(""));
  event.iaid = Iaid::parse(environment("DNSMASQ_IAID").value_or(""));
  return !event.client_id.empty();
}

HookCall parse_lease_call(std::span<const std::string_view> arguments, const Environment& environment,
                          EpochSeconds now, bool for_libvirt) {
  const std::string action(arguments[0]);
  if (arguments.size() < 3) return BadCall{"'" + action + "' needs a MAC address or DUID, and an IP address"};
  LeaseEvent event;
  event.kind = action == "del" ? LeaseEvent::Kind::ended : LeaseEvent::Kind::leased;
  const auto address = parse_ip(arguments[2]);
  if (!address) return BadCall{"the third argument of '" + action + "' is not an IP address"};
  event.address = *address;
  event.for_libvirt = for_libvirt;
  // What the administrator calls it, else the interface.
  event.network = for_libvirt ? network_of(environment, {"VIR_BRIDGE_NAME", "DNSMASQ_INTERFACE"})
                              : network_of(environment, {"NSS_LEASES_NETWORK", "DNSMASQ_INTERFACE"});
  const bool knows_client = parse_client(arguments[1], environment, event);
  if (action != "add") event.known_expiry = parse_end(environment);
  if (event.kind == LeaseEvent::Kind::ended) return event;

  if (!knows_client) {
    return BadCall{"the second argument of '" + action + "' is not a MAC address (for IPv6: DUID)"};
  }
  const auto expiry = parse_expiry(environment, now);
  if (!expiry) return BadCall{"DNSMASQ_LEASE_EXPIRES is missing; only dnsmasq can make this call"};
  event.expiry = *expiry;
  if (arguments.size() > 3 && is_host_label(arguments[3])) event.hostname = arguments[3];
  const auto domain = environment("DNSMASQ_DOMAIN");
  if (domain && is_domain_name(*domain) && !is_localhost_domain(*domain)) event.domain = *domain;
  return event;
}

}  // namespace

Lease LeaseEvent::lease(std::string_view in_network) const {
  Lease lease;
  lease.network = in_network;
  lease.address = address;
  lease.hardware = hardware;
  lease.hostname = hostname;
  lease.domain = domain;
  lease.client_id = client_id;
  lease.server_duid = server_duid;
  lease.iaid = iaid;
  lease.expiry = expiry;
  return lease;
}

HookCall parse_hook_call(std::span<const std::string_view> arguments, const Environment& environment,
                         EpochSeconds now, bool for_libvirt) {
  if (arguments.empty()) return BadCall{"no action is given"};
  for_libvirt = for_libvirt || environment("VIR_BRIDGE_NAME").has_value();
  const std::string_view action = arguments[0];
  if (action == "init")
    return InitRequest{network_of(environment, {for_libvirt ? "VIR_BRIDGE_NAME" : "NSS_LEASES_NETWORK"}),
                       for_libvirt};
  if (action == "add" || action == "old" || action == "del")
    return parse_lease_call(arguments, environment, now, for_libvirt);
  return IgnoredAction{};
}

}  // namespace leases
