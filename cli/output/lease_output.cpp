#include "cli/output/lease_output.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"
#include "cli/output/lease_field.h"
#include "cli/output/standard_output.h"
#include "cli/output/text_table.h"
#include "store/status_keys.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/hex_text.h"

namespace leases::cli {

namespace {

/// The columns of the table if none are named.
std::vector<std::string> usual_columns(const std::vector<Lease>& leases) {
  std::vector<std::string> columns{"network",    "expiry-time", "mac-address", "protocol",
                                   "ip-address", "hostname",    "client-id"};
  const bool any_guest =
      std::ranges::any_of(leases, [](const Lease& lease) { return !lease.guest_name.empty(); });
  if (any_guest) columns.emplace_back("guest");
  return columns;
}

TextTable table_with(const std::vector<std::string>& columns, const std::vector<Lease>& leases,
                     const CellContext& context) {
  std::vector<const LeaseField*> fields;
  std::vector<std::string> headings;
  for (const std::string& column : columns) {
    fields.push_back(lease_field(column));
    headings.emplace_back(fields.back()->heading);
  }
  TextTable table(headings);
  for (const Lease& lease : leases) {
    std::vector<Cell> row;
    row.reserve(fields.size());
    for (const LeaseField* field : fields) row.push_back(field->cell(lease, context));
    table.add(std::move(row));
  }
  return table;
}

std::string table_of(const std::vector<Lease>& leases, const LocalSubnets& subnets, const TextStyle& style,
                     const std::vector<std::string>& columns) {
  const CellContext context{subnets, now(), style.for_terminal};
  if (!columns.empty()) return table_with(columns, leases, context).text(style.color);
  TextTable table = table_with(usual_columns(leases), leases, context);
  if (style.width > 0) {
    const auto heading = [](std::string_view field) { return std::string(lease_field(field)->heading); };
    table.drop(heading(status_keys::kClientId));
    table.fit(style.width, {heading("protocol"), heading(status_keys::kHardware), heading("network")});
  }
  return table.text(style.color);
}

void print_lines(const std::vector<Lease>& leases, const LineFormat& format, const LocalSubnets& subnets) {
  Output output;
  for (const Lease& lease : leases) {
    output.text() +=
        format.text([&](std::string_view field) { return text_of_field(field, lease, subnets); });
    output.text() += '\n';
    output.flush_if_large();
  }
  output.flush();
}

std::string json_array_of(const std::vector<Lease>& leases, const LocalSubnets& subnets) {
  auto list = nlohmann::ordered_json::array();
  for (const Lease& lease : leases) list.push_back(json_of(lease, subnets));
  return json_text(list, 2) + '\n';
}

}  // namespace

std::string shown_name(const Lease& lease) {
  if (!lease.display_name().empty()) return escaped(lease.display_name());
  return lease.name_refused ? "refused:" + escaped(lease.hostname) : "-";
}

std::string one_line(const Lease& lease) {
  std::string text = escaped(lease.network) + "  " + IpText(lease.address).c_str() + "  ";
  text += shown_name(lease);
  return text + "  " + (lease.hardware ? std::string(HardwareText(*lease.hardware).view()) : "-");
}

nlohmann::ordered_json json_of(const Lease& lease, const LocalSubnets& subnets) {
  nlohmann::ordered_json object;
  object["network"] = lease.network;
  if (!lease.host.empty()) object["host"] = lease.host;
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
  if (lease.reserved) object["reserved"] = true;
  return object;
}

void print_leases(const std::vector<Lease>& leases, const OutputOptions& options, const LeaseForm& form) {
  const LocalSubnets subnets;
  if (form.format) return print_lines(leases, *form.format, subnets);
  print(options.json ? json_array_of(leases, subnets)
                     : table_of(leases, subnets, TextStyle::of_standard_output(options), form.columns));
}

}  // namespace leases::cli
