#include "cli/exports/inventory.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/host_name.h"
#include "store/network_name.h"
#include "util/clock.h"
#include "util/escaped_text.h"
#include "util/folded_name.h"
#include "util/log.h"

namespace leases::cli {

namespace {

void leave_out(std::string_view what, std::string_view text, std::string_view problem) {
  std::string line(what);
  log_line(line.append(" '").append(escaped(text)).append("' ").append(problem).append("; it is left out"));
}

std::string checked_domain(std::string_view what, std::string_view domain) {
  if (domain.empty() || is_domain_name(domain)) return folded(domain);
  leave_out(what, domain, "is not a domain name");
  return {};
}

/// The leases of the networks chosen, the most recent first.
std::vector<Lease> chosen_leases(const IndexReader& reader, const NetworkChoice& choice, bool reserved) {
  std::vector<Lease> leases = reserved ? reader.live_and_reserved() : reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    // checked_networks() reports a wrong name of a network once for all its leases.
    return !choice.has(lease.network) || !is_network_name(lease.network);
  });
  std::sort(leases.begin(), leases.end(),
            [](const Lease& a, const Lease& b) { return changed_before(b, a); });
  return leases;
}

/// Network and name. What another host shares is found by the host's name, whatever the network.
using Place = std::pair<std::string, std::string>;
using Hosts = std::map<Place, InventoryHost>;

Place place_of(const Lease& lease, std::string_view label) {
  const std::string place = lease.host.empty() ? std::string(lease.network) : std::string(lease.host) + ':';
  return {place, folded(label)};
}

/// The guests whose machine has another name of its own. One lease of a machine may have that name while
/// another one, say of DHCPv6, has none.
std::set<Place> guests_with_own_name(const std::vector<Lease>& leases) {
  std::set<Place> guests;
  for (const Lease& lease : leases) {
    if (!lease.accepted_name().empty() && !equal_folded(lease.accepted_name(), lease.guest_label()))
      guests.insert(place_of(lease, lease.guest_label()));
  }
  return guests;
}

/// Adds a lease to the host of a name in its network. Leases must come most recent first.
void add(Hosts& hosts, const Lease& lease, std::string_view label) {
  if (label.empty()) return;
  if (!is_host_label(label)) {
    leave_out("the host", label, "is not a host name");
    return;
  }
  InventoryHost& host = hosts[place_of(lease, label)];
  if (host.addresses.empty()) {
    host.name = folded(label);
    host.network = lease.network;
    host.shared_by = lease.host;
  }
  // dnsmasq reports no domain for a lease without a name.
  if (host.domain.empty()) host.domain = checked_domain("the domain", lease.domain);
  if (host.guest_domain.empty())
    host.guest_domain = checked_domain("the guest's domain", domain_part_of(lease.guest_name));
  if (!host.hardware) host.hardware = lease.hardware;
  if (std::find(host.addresses.begin(), host.addresses.end(), lease.address) == host.addresses.end())
    host.addresses.push_back(lease.address);
}

std::vector<InventoryHost> sorted(Hosts&& hosts) {
  std::vector<InventoryHost> list;
  list.reserve(hosts.size());
  for (auto& [key, host] : hosts) {
    std::sort(host.addresses.begin(), host.addresses.end());
    list.push_back(std::move(host));
  }
  return list;
}

std::vector<NetworkSummary> checked_networks(const IndexReader& reader, const Settings& settings,
                                             const NetworkChoice& choice) {
  std::vector<NetworkSummary> networks = summaries_of(reader, settings);
  std::erase_if(networks, [&](const NetworkSummary& summary) {
    if (!choice.has(summary.network)) return true;
    if (is_network_name(summary.network)) return false;
    leave_out("the network", summary.network, "is not a name of a network");
    return true;
  });
  return networks;
}

std::set<std::string> domains_of(const IndexReader& reader, const NetworkChoice& choice) {
  std::set<std::string> domains;
  reader.view().for_each_lease([&](const Lease& lease) {
    if (choice.has(lease.network) && !lease.domain.empty()) domains.insert(folded(lease.domain));
  });
  return domains;
}

/// How many hosts have a name. As in a lookup, those of other machines do not count beside this one's.
class NameCounts {
 public:
  void add(const InventoryHost& host) { ++(host.shared_by.empty() ? here_ : others_)[host.name]; }
  [[nodiscard]] bool is_alone(const InventoryHost& host) const {
    if (host.shared_by.empty()) return here_.at(host.name) == 1;
    return others_.at(host.name) == 1 && !here_.contains(host.name);
  }

 private:
  std::map<std::string, std::size_t> here_;
  std::map<std::string, std::size_t> others_;
};

/// Hosts of one name in several networks are told apart by the network after the name, or by the machine that
/// shares them. A guest's name that is also a host's own belongs to that host.
void disambiguate(Inventory& inventory) {
  NameCounts counts;
  for (const InventoryHost& host : inventory.hosts) counts.add(host);
  for (InventoryHost& host : inventory.hosts) host.alone = counts.is_alone(host);
  for (const InventoryHost& guest : inventory.guests) counts.add(guest);
  for (InventoryHost& guest : inventory.guests) guest.alone = counts.is_alone(guest);
  leave_out_hosts(
      inventory, [](const std::string& key) { return !is_domain_name(key); },
      "is one of several with its name, and the network's name cannot follow it in a domain name");
}

}  // namespace

void leave_out_hosts(Inventory& inventory, const std::function<bool(const std::string& key)>& is_refused,
                     std::string_view problem) {
  std::erase_if(inventory.hosts, [&](const InventoryHost& host) {
    const std::string key = host.key();
    const bool refused = is_refused(key);
    if (refused) leave_out("the host", key, problem);
    return refused;
  });
}

std::vector<std::string> InventoryHost::names() const {
  std::vector<std::string> names;
  if (alone) names.push_back(name);
  for (const std::string& suffix : {domain, place(), guest_domain}) {
    std::string qualified = folded(name + '.' + suffix);
    if (!is_domain_name(qualified)) continue;
    if (std::find(names.begin(), names.end(), qualified) == names.end())
      names.push_back(std::move(qualified));
  }
  return names;
}

std::vector<InventoryHost> Inventory::by_every_name() const {
  std::vector<InventoryHost> all = hosts;
  all.insert(all.end(), guests.begin(), guests.end());
  return all;
}

Inventory inventory_of(const IndexReader& reader, const Settings& settings, const NetworkChoice& choice,
                       bool reserved) {
  Hosts hosts;
  Hosts guests;
  const std::vector<Lease> leases = chosen_leases(reader, choice, reserved);
  const std::set<Place> named = guests_with_own_name(leases);
  for (const Lease& lease : leases) {
    const std::string_view guest = lease.guest_label();
    if (!lease.accepted_name().empty() || !named.contains(place_of(lease, guest)))
      add(hosts, lease, lease.display_name());
    add(guests, lease, guest);
  }
  std::erase_if(guests, [&](const auto& guest) { return hosts.contains(guest.first); });
  Inventory inventory{sorted(std::move(hosts)), sorted(std::move(guests)),
                      checked_networks(reader, settings, choice), domains_of(reader, choice), now()};
  disambiguate(inventory);
  return inventory;
}

}  // namespace leases::cli
