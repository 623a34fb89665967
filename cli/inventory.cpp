#include "cli/inventory.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <utility>

#include "cli/escaped_text.h"
#include "cli/folded_name.h"
#include "common/host_name.h"
#include "helper/network_name.h"

namespace leases::cli {

namespace {

void leave_out(std::string_view what, std::string_view text, std::string_view problem) {
  std::cerr << "leasectl: " << what << " '" << escaped(text) << "' " << problem << "; it is left out\n";
}

std::string checked_domain(const Lease& lease) {
  if (lease.domain.empty() || is_domain_name(lease.domain)) return folded(lease.domain);
  leave_out("the domain", lease.domain, "is no domain name");
  return {};
}

/// The leases that give a host, the most recent first.
std::vector<Lease> leases_with_names(const IndexReader& reader, const NetworkChoice& choice) {
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    if (!choice.has(lease.network) || lease.listed_name().empty()) return true;
    if (!is_network_name(lease.network)) return true;  // reported once for all its leases
    if (is_host_label(lease.hostname)) return false;
    leave_out("the host", lease.hostname, "has no host name");
    return true;
  });
  std::sort(leases.begin(), leases.end(),
            [](const Lease& a, const Lease& b) { return changed_before(b, a); });
  return leases;
}

std::vector<NetworkSummary> checked_networks(const IndexReader& reader, const Settings& settings,
                                             const NetworkChoice& choice) {
  std::vector<NetworkSummary> networks = summaries_of(reader, settings);
  std::erase_if(networks, [&](const NetworkSummary& summary) {
    if (!choice.has(summary.network)) return true;
    if (is_network_name(summary.network)) return false;
    leave_out("the network", summary.network, "cannot be called so");
    return true;
  });
  return networks;
}

/// A name that several networks have needs theirs behind it to be told apart.
void tell_apart(std::vector<InventoryHost>& hosts) {
  std::map<std::string_view, std::size_t> counts;
  for (const InventoryHost& host : hosts) ++counts[host.name];
  for (InventoryHost& host : hosts) host.alone = counts[host.name] == 1;
  std::erase_if(hosts, [](const InventoryHost& host) {
    const std::string key = host.key();
    if (is_domain_name(key)) return false;
    leave_out("the host", key, "is one of several of this name and its network's cannot stand behind it");
    return true;
  });
}

}  // namespace

std::vector<std::string> InventoryHost::names() const {
  std::vector<std::string> names;
  if (alone) names.push_back(name);
  for (const std::string& suffix : {domain, network}) {
    std::string qualified = folded(name + '.' + suffix);
    if (!is_domain_name(qualified)) continue;
    if (std::find(names.begin(), names.end(), qualified) == names.end())
      names.push_back(std::move(qualified));
  }
  return names;
}

Inventory inventory_of(const IndexReader& reader, const Settings& settings, const NetworkChoice& choice) {
  std::map<std::pair<std::string, std::string>, InventoryHost> hosts;
  for (const Lease& lease : leases_with_names(reader, choice)) {
    std::string network(lease.network);
    std::string name = folded(lease.hostname);
    InventoryHost& host = hosts[{network, name}];
    if (host.addresses.empty()) {
      host.name = std::move(name);
      host.network = std::move(network);
      host.domain = checked_domain(lease);
    }
    if (!host.hardware) host.hardware = lease.hardware;
    host.addresses.push_back(lease.address);
  }
  Inventory inventory;
  inventory.networks = checked_networks(reader, settings, choice);
  for (auto& [key, host] : hosts) {
    std::sort(host.addresses.begin(), host.addresses.end());
    inventory.hosts.push_back(std::move(host));
  }
  tell_apart(inventory.hosts);
  return inventory;
}

}  // namespace leases::cli
