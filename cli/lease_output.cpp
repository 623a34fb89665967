#include "cli/lease_output.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <iomanip>
#include <ostream>
#include <string>

#include <nlohmann/json.hpp>

#include "helper/file.h"
#include "helper/hex_text.h"

namespace leases::cli {

namespace {

constexpr std::size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

std::string local_time(ExpiryTime expiry) {
  if (expiry.infinite()) return "never";
  const auto seconds = static_cast<std::time_t>(expiry.seconds);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return {text.data(), length};
}

std::string or_dash(std::string_view text) {
  return std::string(text.empty() ? "-" : text);
}

Row row_of(const Lease& lease, const LocalSubnets& subnets) {
  std::string address(IpText(lease.address).view());
  if (const auto length = subnets.prefix_length(lease.network, lease.address))
    address += '/' + std::to_string(*length);
  return {or_dash(lease.network),
          local_time(lease.expiry),
          lease.hardware ? std::string(HardwareText(*lease.hardware).view()) : "-",
          lease.address.family == Family::v4 ? "ipv4" : "ipv6",
          address,
          or_dash(lease.listed_name()),
          or_dash(hex_text(lease.client_id))};
}

void print_table(std::ostream& out, const std::vector<Lease>& leases, const LocalSubnets& subnets) {
  std::vector<Row> rows{
      {"Network", "Expiry Time", "MAC address", "Protocol", "IP address", "Hostname", "Client ID or DUID"}};
  for (const Lease& lease : leases) rows.push_back(row_of(lease, subnets));

  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i) {
      out << std::left << std::setw(static_cast<int>(widths[i])) << row[i] << "  ";
    }
    out << row.back() << '\n';
  }
}

}  // namespace

nlohmann::ordered_json json_of(const Lease& lease, const LocalSubnets& subnets) {
  nlohmann::ordered_json object;
  object["network"] = lease.network;
  if (lease.iaid) object["iaid"] = IaidText(*lease.iaid).view();
  object["ip-address"] = IpText(lease.address).view();
  if (const auto length = subnets.prefix_length(lease.network, lease.address))
    object["prefix-length"] = *length;
  if (lease.hardware) object["mac-address"] = HardwareText(*lease.hardware).view();
  if (!lease.hostname.empty()) object[lease.name_refused ? "refused-hostname" : "hostname"] = lease.hostname;
  if (!lease.domain.empty()) object["domain"] = lease.domain;
  if (!lease.client_id.empty()) object["client-id"] = hex_text(lease.client_id);
  if (!lease.server_duid.empty()) object["server-duid"] = hex_text(lease.server_duid);
  object["expiry-time"] = lease.expiry.seconds;
  return object;
}

void print_leases(std::ostream& out, const std::vector<Lease>& leases, Format format) {
  const LocalSubnets subnets;
  if (format == Format::table) {
    print_table(out, leases, subnets);
  } else {
    auto list = nlohmann::ordered_json::array();
    for (const Lease& lease : leases) list.push_back(json_of(lease, subnets));
    out << list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  }
  if (!out.flush()) throw StoreError("standard output: cannot be written");
}

}  // namespace leases::cli
