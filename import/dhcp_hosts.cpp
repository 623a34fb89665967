#include "import/dhcp_hosts.h"

#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "common/host_name.h"
#include "import/lease_name.h"
#include "store/dhcp_host_line.h"
#include "util/words.h"

namespace leases {

namespace {

constexpr std::string_view kOption = "dhcp-host";

std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || kSpace.find(line[at - 1]) != std::string_view::npos) return line.substr(0, at);
  }
  return line;
}

/// A line of dnsmasq's configuration that gives an option a value. None of a dhcp-hostsfile begins so.
bool has_option(std::string_view line) {
  const std::size_t end = line.find('=');
  return end != std::string_view::npos && is_host_label(trimmed(line.substr(0, end)));
}

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
      read(DhcpHostLine::parse(line), number);
    }
    parsed_.complete = false;
    return std::move(parsed_);
  }

 private:
  static bool has_options(std::string_view text) {
    while (!text.empty()) {
      if (has_option(trimmed(without_comment(take_until('\n', text))))) return true;
    }
    return false;
  }

  void read(const DhcpHostLine& line, std::size_t number) {
    if (line.is_ignored || line.is_conditional || line.name.empty() || line.addresses.empty()) return;
    Lease lease;
    lease.network = network_;
    if (!line.hardware.empty()) lease.hardware = line.hardware.front();
    if (!take_name(lease, line.name, parsed_.texts) || lease.name_refused) {
      parsed_.problems.add(
          {"line " + std::to_string(number), "the name cannot be a host's; the line is left out", {}});
      return;
    }
    lease.reserved = true;
    for (const IpAddress& address : line.addresses) {
      if (!known_.insert(address).second) continue;
      lease.address = address;
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
