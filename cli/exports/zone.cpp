#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"
#include "common/host_name.h"
#include "common/lease_place.h"
#include "common/time.h"
#include "util/escaped_text.h"
#include "util/folded_name.h"
#include "util/log.h"

namespace leases::cli {

namespace {

/// A week, in seconds.
constexpr std::uint32_t kLongestTtl = 604800;

struct ZoneOptions {
  std::string origin;
  std::uint32_t ttl = 60;
};

bool is_within(std::string_view name, std::string_view domain) {
  if (equal_folded(name, domain)) return true;
  return name.size() > domain.size() && name[name.size() - domain.size() - 1] == '.' &&
         equal_folded(name.substr(name.size() - domain.size()), domain);
}

/// The name under which the DNS has an address: "5.1.77.10.in-addr.arpa" (RFC 1035), or nibbles in ip6.arpa
/// (RFC 3596).
std::string reverse_name(const IpAddress& address) {
  std::string name;
  for (std::size_t i = address.size(); i-- > 0;) {
    const unsigned byte = address.bytes[i];
    if (address.family == Family::v4) {
      name += std::to_string(byte) + '.';
    } else {
      for (const unsigned nibble : {byte & 0xfU, byte >> 4U})
        name.append(1, "0123456789abcdef"[nibble]) += '.';
    }
  }
  return name + (address.family == Family::v4 ? "in-addr.arpa" : "ip6.arpa");
}

/// BIND refuses a zone in which a host's name has a '_' or a label that ends with '-' (RFC 952, RFC 1123).
bool is_dns_host(std::string_view name) {
  return is_domain_name(name) && name.find('_') == std::string_view::npos &&
         name.find("-.") == std::string_view::npos && !name.ends_with('-');
}

/// Whether the host is found under its name with this suffix.
bool has_suffix(const InventoryHost& host, std::string_view suffix) {
  return equal_folded(suffix, host.domain) || equal_folded(suffix, host.place()) ||
         equal_folded(suffix, host.guest_domain);
}

class ZoneWriter {
 public:
  ZoneWriter(const ZoneOptions& options, std::ostream& out) : options_(options), out_(out) {}

  /// The serial number is a time, since it must grow, and a lease that expires writes nothing.
  void write_head(EpochSeconds time) {
    out_ << "$ORIGIN " << options_.origin << ".\n$TTL " << options_.ttl << '\n'
         << "@ IN SOA localhost. root.localhost. " << static_cast<std::uint32_t>(time.value)
         << " 3600 600 86400 " << options_.ttl << "\n@ IN NS localhost.\n";
  }

  void write_addresses(const InventoryHost& host) {
    if (!has_suffix(host, options_.origin)) return;
    if (!is_host(host.name + '.' + options_.origin)) return;
    for (const IpAddress& address : host.addresses) {
      out_ << host.name << (address.family == Family::v4 ? " IN A " : " IN AAAA ") << IpText(address).view()
           << '\n';
    }
  }

  /// An address gets one name, the first.
  void write_pointers(const InventoryHost& host) {
    const std::string name = host.name + '.' + (host.domain.empty() ? host.place() : host.domain);
    for (const IpAddress& address : host.addresses) {
      if (!has_pointer_.insert({address, host.network}).second) continue;
      const std::string owner = reverse_name(address);
      if (is_within(owner, options_.origin) && is_host(name)) out_ << owner << ". IN PTR " << name << ".\n";
    }
  }

 private:
  static bool is_host(const std::string& name) {
    if (is_dns_host(name)) return true;
    log_line("the host '" + name + "' is not a host name in the DNS; it is left out");
    return false;
  }

  const ZoneOptions& options_;
  std::ostream& out_;
  std::set<std::pair<IpAddress, std::string>> has_pointer_;  ///< addresses, in each network
};

/// Whether hosts may have names in the zone. Without hosts nobody knows what the domains are.
bool is_known(const Inventory& inventory, const std::string& origin) {
  const std::vector<InventoryHost> hosts = inventory.by_every_name();
  const auto is_place = [&](const NetworkSummary& network) {
    return equal_folded(lease_place_of(network), origin);
  };
  return hosts.empty() || inventory.domains.contains(folded(origin)) ||
         std::ranges::any_of(inventory.networks, is_place) ||
         std::ranges::any_of(hosts, [&](const InventoryHost& host) { return has_suffix(host, origin); });
}

void report_unknown(const Inventory& inventory, const std::string& origin) {
  std::set<std::string> known = inventory.domains;
  for (const NetworkSummary& summary : inventory.networks) known.emplace(lease_place_of(summary));
  std::string line = "no lease has the domain '" + origin + "', and no network that name; there are:";
  for (const std::string& name : known) line += ' ' + escaped(name);
  log_line(line);
}

int write_zone(const Inventory& inventory, const ZoneOptions& options, std::ostream& out) {
  const bool reverse = is_within(options.origin, "in-addr.arpa") || is_within(options.origin, "ip6.arpa");
  if (!reverse && !inventory.was_exported && !is_known(inventory, options.origin)) {
    report_unknown(inventory, options.origin);
    return kNotFound;
  }
  ZoneWriter writer(options, out);
  writer.write_head(inventory.time);
  for (const InventoryHost& host : inventory.by_every_name()) {
    if (reverse) {
      writer.write_pointers(host);
    } else {
      writer.write_addresses(host);
    }
  }
  return kFound;
}

/// Drops the final dot.
std::string take_origin(std::string& origin) {
  if (origin.ends_with('.')) origin.pop_back();
  return is_domain_name(origin) ? std::string() : "'" + origin + "' is not a domain name";
}

}  // namespace

ExportFormat zone_format(Command exports) {
  auto options = std::make_shared<ZoneOptions>();
  Command command = exports.add_command("zone", "A DNS zone file");
  command
      .add_option("--origin", options->origin,
                  "The zone: dnsmasq's domain, a network, or for names of addresses 1.77.10.in-addr.arpa")
      .required()
      .validated_by(take_origin)
      .value("DOMAIN");
  command.add_time("--ttl", options->ttl, kLongestTtl, "How long others may cache an answer (60s)");
  return {command,
          [options](const Inventory& inventory, std::ostream& out) {
            return write_zone(inventory, *options, out);
          },
          true};
}

}  // namespace leases::cli
