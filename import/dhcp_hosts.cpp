#include "import/dhcp_hosts.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/host_name.h"

namespace leases {

namespace {

constexpr std::string_view kSpaces = " \t\r";
constexpr std::string_view kOption = "dhcp-host";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || kSpaces.find(line[at - 1]) != std::string_view::npos) return line.substr(0, at);
  }
  return line;
}

/// Cuts a text off up to a character, and that off, too.
std::string_view take_until(char end, std::string_view& rest) {
  const std::string_view piece = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(piece.size() + 1, rest.size()));
  return piece;
}

/// A line of dnsmasq's configuration has an option, with or without a value. One of a dhcp-hostsfile has a
/// comma, or else reserves nothing.
bool is_option(std::string_view line) {
  const std::string_view word = line.substr(0, line.find('='));
  return !line.empty() && is_host_label(trimmed(word)) &&
         (word.size() < line.size() || line.find(',') == std::string_view::npos);
}

/// A time as dnsmasq reads one at the end of a line: "infinite", "3600", "45m".
bool is_lease_time(std::string_view field) {
  if (field == "infinite") return true;
  constexpr std::string_view kUnits = "smhdwSMHDW";
  if (field.size() > 1 && kUnits.find(field.back()) != std::string_view::npos) field.remove_suffix(1);
  return !field.empty() && field.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The address of a field: IPv6 has brackets. In [::5] the network decides about the rest, and in
/// [fd00::/64] all of it.
std::optional<IpAddress> address_in(std::string_view field) {
  const bool is_six = field.starts_with('[') && field.ends_with(']');
  const auto address = parse_ip(is_six ? field.substr(1, field.size() - 2) : field);
  if (!address || (address->family == Family::v6) != is_six) return {};
  const bool has_prefix =
      std::any_of(address->bytes.begin(), address->bytes.begin() + 8, [](auto byte) { return byte != 0; });
  return is_six && !has_prefix ? std::nullopt : address;
}

/// One line's fields.
struct HostLine {
  std::optional<HardwareAddress> hardware;
  std::vector<IpAddress> addresses;
  std::string_view name;
  bool is_skipped = false;

  explicit HostLine(std::string_view text) {
    while (!text.empty()) take(trimmed(take_until(',', text)));
  }

 private:
  void take(std::string_view field) {
    if (field.starts_with("tag:") || field == "ignore") {
      is_skipped = true;
    } else if (const auto address = address_in(field)) {
      addresses.push_back(*address);
    } else if (field.find(':') != std::string_view::npos) {
      // A client identifier, a tag to set, or a pattern of MAC addresses is none.
      if (const auto client = HardwareAddress::parse(field); client && !hardware) hardware = client;
    } else if (!field.empty() && field != "*" && !is_lease_time(field) && name.empty()) {
      name = field;
    }
  }
};

class DhcpHostsParser {
 public:
  explicit DhcpHostsParser(std::string_view network) : network_(parsed_.texts.keep(network)) {}

  ParsedFile parse(std::string_view text) {
    const bool is_configuration = has_options(text);
    for (std::size_t number = 1; !text.empty(); ++number) {
      std::string_view line = trimmed(without_comment(take_until('\n', text)));
      if (is_configuration) {
        if (trimmed(take_until('=', line)) != kOption) continue;
        line = trimmed(line);
      }
      read(HostLine(line), number);
    }
    parsed_.complete = false;
    return std::move(parsed_);
  }

 private:
  static bool has_options(std::string_view text) {
    while (!text.empty()) {
      if (is_option(trimmed(without_comment(take_until('\n', text))))) return true;
    }
    return false;
  }

  void read(const HostLine& line, std::size_t number) {
    if (line.is_skipped || line.name.empty() || line.addresses.empty()) return;
    const std::string_view label = label_of(line.name);
    const std::string_view domain = domain_part_of(line.name);
    if (!is_host_label(label) || (label.size() < line.name.size() && !is_domain_name(domain))) {
      parsed_.problems.push_back(
          {"line " + std::to_string(number), "the name cannot be a host's; the line is left out", {}});
      return;
    }
    for (const IpAddress& address : line.addresses) {
      if (!known_.insert(address).second) continue;
      Lease lease;
      lease.network = network_;
      lease.address = address;
      lease.hardware = line.hardware;
      lease.hostname = parsed_.texts.keep(label);
      lease.domain = parsed_.texts.keep(domain);
      lease.reserved = true;
      parsed_.leases.push_back(lease);
    }
  }

  ParsedFile parsed_;
  std::string_view network_;
  std::set<IpAddress> known_;
};

}  // namespace

ParsedFile parse_dhcp_hosts(std::string_view text, std::string_view network) {
  return DhcpHostsParser(network).parse(text);
}

}  // namespace leases
