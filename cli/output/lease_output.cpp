#include "cli/output/lease_output.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/output/text_table.h"
#include "cli/output/time_text.h"
#include "store/status_keys.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/hex_text.h"

namespace leases::cli {

namespace {

/// In seconds. A lease that expires so soon is about to be renewed, or its machine is off.
constexpr std::uint64_t kSoon = 120;

constexpr const char* kIdentifierHeading = "Client ID or DUID";

/// One word that cannot be taken for a name: no program is given a refused one.
std::string refused_text(const Lease& lease) {
  return "refused:" + escaped(lease.hostname);
}

Cell name_cell(const Lease& lease) {
  if (lease.name_refused) return {refused_text(lease), Tone::warning};
  return {escaped(lease.hostname), Tone::good};
}

Cell expiry_cell(ExpiryTime expiry, EpochSeconds present, bool relative) {
  if (expiry.infinite()) return {"never"};
  const EpochSeconds end{expiry.seconds};
  const bool soon = end.value < present.value + kSoon;
  return {relative ? relative_time(end, present) : local_time(end), soon ? Tone::warning : Tone::plain};
}

std::string address_text(const Lease& lease, const LocalSubnets& subnets) {
  std::string address(IpText(lease.address).view());
  if (const auto length = subnets.prefix_length(lease.network, lease.address))
    address += '/' + std::to_string(*length);
  return address;
}

std::string table_of(const std::vector<Lease>& leases, const LocalSubnets& subnets, const TextStyle& style) {
  std::vector<std::string> headings{"Network",    "Expiry Time", "MAC address",     "Protocol",
                                    "IP address", "Hostname",    kIdentifierHeading};
  const bool any_guest =
      std::ranges::any_of(leases, [](const Lease& lease) { return !lease.guest_name.empty(); });
  if (any_guest) headings.emplace_back("Guest");
  TextTable table(headings);
  const EpochSeconds present = now();
  for (const Lease& lease : leases) {
    std::vector<Cell> row{{escaped(lease.network)},
                          expiry_cell(lease.expiry, present, style.for_terminal),
                          {lease.hardware ? std::string(HardwareText(*lease.hardware).view()) : ""},
                          {lease.address.family == Family::v4 ? "ipv4" : "ipv6"},
                          {address_text(lease, subnets)},
                          name_cell(lease),
                          {hex_text(lease.client_id)}};
    if (any_guest) row.push_back({escaped(lease.guest_name), Tone::good});
    table.add(std::move(row));
  }
  if (style.width > 0) {
    table.drop(kIdentifierHeading);
    table.fit(style.width, {"Protocol", "MAC address", "Network"});
  }
  return table.text(style.color);
}

std::string json_array_of(const std::vector<Lease>& leases, const LocalSubnets& subnets) {
  auto list = nlohmann::ordered_json::array();
  for (const Lease& lease : leases) list.push_back(json_of(lease, subnets));
  return json_text(list, 2) + '\n';
}

}  // namespace

std::string shown_name(const Lease& lease) {
  if (!lease.display_name().empty()) return escaped(lease.display_name());
  return lease.name_refused ? refused_text(lease) : "-";
}

std::string one_line(const Lease& lease) {
  std::string text = escaped(lease.network) + "  " + IpText(lease.address).c_str() + "  ";
  text += shown_name(lease);
  return text + "  " + (lease.hardware ? std::string(HardwareText(*lease.hardware).view()) : "-");
}

nlohmann::ordered_json json_of(const Lease& lease, const LocalSubnets& subnets) {
  nlohmann::ordered_json object;
  object["network"] = lease.network;
  if (lease.iaid) object[status_keys::kIaid] = IaidText(*lease.iaid).view();
  object[status_keys::kAddress] = IpText(lease.address).view();
  if (const auto length = subnets.prefix_length(lease.network, lease.address))
    object["prefix-length"] = *length;
  if (lease.hardware) object[status_keys::kHardware] = HardwareText(*lease.hardware).view();
  if (!lease.hostname.empty())
    object[lease.name_refused ? status_keys::kRefusedHostname : status_keys::kHostname] = lease.hostname;
  if (!lease.domain.empty()) object[status_keys::kDomain] = lease.domain;
  if (!lease.guest_name.empty()) object["guest"] = lease.guest_name;
  if (!lease.client_id.empty()) object[status_keys::kClientId] = hex_text(lease.client_id);
  if (!lease.server_duid.empty()) object[status_keys::kServerDuid] = hex_text(lease.server_duid);
  object[status_keys::kExpiry] = lease.expiry.seconds;
  return object;
}

void print_leases(const std::vector<Lease>& leases, const OutputOptions& options) {
  const LocalSubnets subnets;
  print(options.json ? json_array_of(leases, subnets)
                     : table_of(leases, subnets, TextStyle::of_standard_output(options)));
}

}  // namespace leases::cli
