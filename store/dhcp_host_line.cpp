#include "store/dhcp_host_line.h"

#include <algorithm>
#include <optional>

#include "util/words.h"

namespace leases {

namespace {

constexpr std::string_view kIdentifier = "id:";

/// A time as dnsmasq reads one: "infinite", "3600", "45m".
bool is_lease_time(std::string_view field) {
  if (field == "infinite") return true;
  constexpr std::string_view kUnits = "smhdwSMHDW";
  if (field.size() > 1 && kUnits.find(field.back()) != std::string_view::npos) field.remove_suffix(1);
  return !field.empty() && field.find_first_not_of("0123456789") == std::string_view::npos;
}

/// IPv6 has brackets.
std::optional<IpAddress> address_in(std::string_view field) {
  const bool is_six = field.starts_with('[') && field.ends_with(']');
  const auto address = parse_ip(is_six ? field.substr(1, field.size() - 2) : field);
  if (!address || (address->family == Family::v6) != is_six) return {};
  const bool has_prefix =
      std::any_of(address->bytes.begin(), address->bytes.begin() + 8, [](auto byte) { return byte != 0; });
  return is_six && !has_prefix ? std::nullopt : address;
}

}  // namespace

DhcpHostLine DhcpHostLine::parse(std::string_view line) {
  DhcpHostLine host;
  while (!line.empty()) host.take(trimmed(take_until(',', line)));
  return host;
}

void DhcpHostLine::take(std::string_view field) {
  if (field == "ignore") {
    is_ignored = true;
  } else if (field.starts_with("tag:")) {
    is_conditional = true;
  } else if (field.starts_with(kIdentifier)) {
    client_id = field.substr(kIdentifier.size());
  } else if (const auto address = address_in(field)) {
    addresses.push_back(*address);
  } else if (field.find(':') != std::string_view::npos) {
    // A tag to set, or a pattern of MAC addresses, is none.
    if (const auto client = HardwareAddress::parse(field)) hardware.push_back(*client);
  } else if (!field.empty() && field != "*" && !field.starts_with('[') && !is_lease_time(field)) {
    name = field;
  }
}

}  // namespace leases
