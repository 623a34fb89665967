#include "cli/output/lease_field.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "cli/output/time_text.h"
#include "store/status_keys.h"
#include "util/escaped_text.h"
#include "util/hex_text.h"

namespace leases::cli {

namespace {

/// In seconds. A lease that expires so soon is about to be renewed, or its machine is off.
constexpr std::uint64_t kSoon = 120;

/// The text of a lease's field that needs nothing but the lease.
template <std::string (*kText)(const Lease&)>
std::string alone(const Lease& lease, const LocalSubnets&) {
  return kText(lease);
}

template <std::string (*kText)(const Lease&)>
Cell plain(const Lease& lease, const CellContext&) {
  return {kText(lease)};
}

template <std::string (*kText)(const Lease&)>
Cell good(const Lease& lease, const CellContext&) {
  return {kText(lease), Tone::good};
}

std::string network_text(const Lease& lease) {
  return escaped(lease.network);
}

std::string host_text(const Lease& lease) {
  return escaped(lease.host);
}

std::string iaid_text(const Lease& lease) {
  return lease.iaid ? std::string(IaidText(*lease.iaid).view()) : std::string();
}

std::string address_text(const Lease& lease) {
  return std::string(IpText(lease.address).view());
}

Cell address_cell(const Lease& lease, const CellContext& context) {
  std::string address = address_text(lease);
  if (const auto length = context.subnets.prefix_length(lease.network, lease.address))
    address += '/' + std::to_string(*length);
  return {address};
}

std::string prefix_length_text(const Lease& lease, const LocalSubnets& subnets) {
  const auto length = subnets.prefix_length(lease.network, lease.address);
  return length ? std::to_string(*length) : std::string();
}

Cell prefix_length_cell(const Lease& lease, const CellContext& context) {
  return {prefix_length_text(lease, context.subnets)};
}

std::string hardware_text(const Lease& lease) {
  return lease.hardware ? std::string(HardwareText(*lease.hardware).view()) : std::string();
}

std::string hostname_text(const Lease& lease) {
  return escaped(lease.accepted_name());
}

/// One word that cannot be taken for a name: no program is given a refused one.
Cell hostname_cell(const Lease& lease, const CellContext&) {
  if (lease.name_refused) return {"refused:" + escaped(lease.hostname), Tone::warning};
  return {escaped(lease.hostname), Tone::good};
}

std::string refused_text(const Lease& lease) {
  return lease.name_refused ? escaped(lease.hostname) : std::string();
}

Cell refused_cell(const Lease& lease, const CellContext&) {
  return {refused_text(lease), Tone::warning};
}

std::string domain_text(const Lease& lease) {
  return escaped(lease.domain);
}

std::string guest_text(const Lease& lease) {
  return escaped(lease.guest_name);
}

std::string client_id_text(const Lease& lease) {
  return hex_text(lease.client_id);
}

std::string server_duid_text(const Lease& lease) {
  return hex_text(lease.server_duid);
}

std::string expiry_text(const Lease& lease) {
  return std::to_string(lease.expiry.seconds);
}

Cell expiry_cell(const Lease& lease, const CellContext& context) {
  if (lease.reserved) return {"reserved"};
  if (lease.expiry.infinite()) return {"never"};
  const EpochSeconds end{lease.expiry.seconds};
  const bool soon = end.value < context.present.value + kSoon;
  return {context.relative_times ? relative_time(end, context.present) : local_time(end),
          soon ? Tone::warning : Tone::plain};
}

std::string name_text(const Lease& lease) {
  return escaped(lease.display_name());
}

std::string protocol_text(const Lease& lease) {
  return lease.address.family == Family::v4 ? "ipv4" : "ipv6";
}

std::string reserved_text(const Lease& lease) {
  return lease.reserved ? "true" : std::string();
}

int compare_addresses(const Lease& a, const Lease& b) {
  return IpAddress::compare(a.address, b.address);
}

int compare_expiries(const Lease& a, const Lease& b) {
  if (a.expiry == b.expiry) return 0;
  return earlier(a.expiry, b.expiry) == a.expiry ? -1 : 1;
}

}  // namespace

const std::vector<LeaseField>& lease_fields() {
  static const std::vector<LeaseField> fields{
      {"network", "Network", alone<network_text>, plain<network_text>, nullptr},
      {"host", "Host", alone<host_text>, plain<host_text>, nullptr},
      {status_keys::kIaid, "IAID", alone<iaid_text>, plain<iaid_text>, nullptr},
      {status_keys::kAddress, "IP address", alone<address_text>, address_cell, compare_addresses},
      {"prefix-length", "Prefix length", prefix_length_text, prefix_length_cell, nullptr},
      {status_keys::kHardware, "MAC address", alone<hardware_text>, plain<hardware_text>, nullptr},
      {status_keys::kHostname, "Hostname", alone<hostname_text>, hostname_cell, nullptr},
      {status_keys::kRefusedHostname, "Refused name", alone<refused_text>, refused_cell, nullptr},
      {status_keys::kDomain, "Domain", alone<domain_text>, plain<domain_text>, nullptr},
      {"guest", "Guest", alone<guest_text>, good<guest_text>, nullptr},
      {status_keys::kClientId, "Client ID or DUID", alone<client_id_text>, plain<client_id_text>, nullptr},
      {status_keys::kServerDuid, "Server DUID", alone<server_duid_text>, plain<server_duid_text>, nullptr},
      {status_keys::kExpiry, "Expiry Time", alone<expiry_text>, expiry_cell, compare_expiries},
      {"reserved", "Reserved", alone<reserved_text>, plain<reserved_text>, nullptr},
      {"name", "Name", alone<name_text>, good<name_text>, nullptr},
      {"protocol", "Protocol", alone<protocol_text>, plain<protocol_text>, nullptr},
  };
  return fields;
}

const LeaseField* lease_field(std::string_view name) {
  const auto found = std::ranges::find(lease_fields(), name, &LeaseField::name);
  return found == lease_fields().end() ? nullptr : &*found;
}

std::string text_of_field(std::string_view field, const Lease& lease, const LocalSubnets& subnets) {
  const LeaseField* known = lease_field(field);
  return known == nullptr ? std::string() : known->text(lease, subnets);
}

std::vector<std::string_view> lease_field_names() {
  std::vector<std::string_view> names;
  for (const LeaseField& field : lease_fields()) names.push_back(field.name);
  return names;
}

std::string unknown_field(std::string_view name, const std::vector<std::string_view>& known) {
  std::string text = "there is no field '" + escaped(name) + "'; there are:";
  for (const std::string_view& other : known) {
    text += &other == &known.front() ? " " : ", ";
    text += other;
  }
  return text;
}

std::optional<std::vector<std::string>> parse_fields(std::string_view text,
                                                     const std::vector<std::string_view>& known,
                                                     std::string& problem) {
  std::vector<std::string> fields;
  for (;;) {
    const std::string_view name = text.substr(0, text.find(','));
    if (std::ranges::find(known, name) == known.end()) {
      problem = unknown_field(name, known);
      return {};
    }
    fields.emplace_back(name);
    if (name.size() == text.size()) return fields;
    text.remove_prefix(name.size() + 1);
  }
}

}  // namespace leases::cli
