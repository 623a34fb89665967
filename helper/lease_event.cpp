#include "helper/lease_event.h"

#include <algorithm>
#include <initializer_list>
#include <limits>

#include "common/host_name.h"
#include "store/client_name.h"
#include "store/identifier.h"
#include "store/network_name.h"
#include "util/decimal.h"

namespace leases {

namespace {

std::vector<std::uint8_t> bytes_of(const Identifier& identifier) {
  const auto bytes = identifier.bytes();
  return {bytes.begin(), bytes.end()};
}

std::vector<std::uint8_t> parse_identifier(std::optional<std::string_view> text) {
  return bytes_of(Identifier(text.value_or("")));
}

/// dnsmasq before 2.52 left a space after the number.
std::optional<ExpiryTime> parse_end(const Environment& environment) {
  auto expires = environment("DNSMASQ_LEASE_EXPIRES");
  if (!expires) return {};
  while (expires->ends_with(' ')) expires->remove_suffix(1);
  const auto seconds = parse_decimal<std::uint64_t>(*expires);
  if (!seconds) return {};
  return ExpiryTime{*seconds};
}

/// Builds for machines without a clock (HAVE_BROKEN_RTC) give the lease's length.
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

/// The client in argv[2]: a MAC address for IPv4, a DUID for IPv6.
bool parse_client(std::string_view text, const Environment& environment, LeaseEvent& event) {
  if (event.address.family == Family::v4) {
    event.hardware = HardwareAddress::parse(text);
    event.client_id = parse_identifier(environment("DNSMASQ_CLIENT_ID"));
    return event.hardware.has_value();
  }
  const Identifier duid(text);
  if (!std::ranges::equal(duid.bytes(), kUnknownDuid)) event.client_id = bytes_of(duid);
  event.hardware = HardwareAddress::parse(environment("DNSMASQ_MAC").value_or(""));
  event.server_duid = parse_identifier(environment("DNSMASQ_SERVER_DUID"));
  event.iaid = Iaid::parse(environment("DNSMASQ_IAID").value_or(""));
  return !text.empty() && duid.state() != Identifier::State::junk;
}

/// The client's name. Where dnsmasq has none, libvirt's helper takes the one that the client sent. If that is
/// a host label, dnsmasq took it away or refused it, so it is not used.
std::string parse_name(std::span<const std::string_view> arguments, const Environment& environment,
                       bool for_libvirt) {
  if (arguments.size() > 3) {
    // Any other bytes go only into libvirt's files, as its own helper writes them.
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    const bool is_kept =
        is_client_name(arguments[3]) && (for_libvirt || std::ranges::all_of(arguments[3], is_ascii));
    return std::string(is_kept ? arguments[3] : "");
  }
  const auto supplied = for_libvirt ? environment("DNSMASQ_SUPPLIED_HOSTNAME") : std::nullopt;
  return std::string(supplied && is_client_name(*supplied) && !is_host_label(*supplied) ? *supplied : "");
}

HookCall parse_lease_call(std::span<const std::string_view> arguments, const Environment& environment,
                          EpochSeconds now, bool for_libvirt) {
  const std::string action(arguments[0]);
  if (arguments.size() < 3)
    return InvalidCall{"'" + action + "' needs a MAC address or DUID, and an IP address"};
  LeaseEvent event;
  event.kind = action == "del" ? LeaseEvent::Kind::ended : LeaseEvent::Kind::leased;
  const auto address = parse_ip(arguments[2]);
  if (!address) return InvalidCall{"the third argument of '" + action + "' is not an IP address"};
  event.address = *address;
  event.for_libvirt = for_libvirt;
  // The administrator's name for it, else the interface.
  event.network = for_libvirt ? network_of(environment, {"VIR_BRIDGE_NAME", "DNSMASQ_INTERFACE"})
                              : network_of(environment, {"NSS_LEASES_NETWORK", "DNSMASQ_INTERFACE"});
  event.network_is_given = for_libvirt || !network_of(environment, {"NSS_LEASES_NETWORK"}).empty();
  const bool knows_client = parse_client(arguments[1], environment, event);
  if (event.kind == LeaseEvent::Kind::ended) return event;

  if (!knows_client) {
    return InvalidCall{"the second argument of '" + action + "' is not a MAC address (for IPv6: DUID)"};
  }
  const auto expiry = parse_expiry(environment, now);
  if (!expiry) return InvalidCall{"DNSMASQ_LEASE_EXPIRES is missing; only dnsmasq can make this call"};
  event.expiry = *expiry;
  event.hostname = parse_name(arguments, environment, for_libvirt);
  event.repeats = environment("DNSMASQ_DATA_MISSING").has_value();
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
  if (arguments.empty()) return InvalidCall{"no action is given"};
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
