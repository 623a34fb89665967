#include "cli/known_hosts/host_holders.h"

#include <algorithm>
#include <string_view>

#include "common/host_name.h"
#include "common/lease_place.h"
#include "util/folded_name.h"
#include "util/hex_text.h"

namespace leases::cli {

namespace {

/// A virtual machine keeps its hardware address when it is installed again. dnsmasq does not always know that
/// of a DHCPv6 client, so its DUID identifies it as well.
AddressHistory::Holders holders_of(const Lease& lease) {
  AddressHistory::Holders holders;
  if (lease.hardware) holders.emplace(HardwareText(*lease.hardware).view());
  const bool has_duid = lease.address.family == Family::v6 && !lease.client_id.empty();
  if (has_duid || !lease.hardware) holders.insert(hex_text(lease.client_id));
  holders.erase("");
  return holders;
}

/// The hosts that a user may connect to by ssh, in lower case like ssh writes them in known_hosts.
std::vector<std::string> hosts_of(const Lease& lease) {
  std::vector<std::string> hosts{std::string(IpText(lease.address).view())};
  for (const std::string_view label : {lease.accepted_name(), lease.guest_label()}) {
    if (!is_host_label(label)) continue;
    const std::string name(label);
    hosts.push_back(name);
    for (const std::string_view suffix :
         {lease.domain, lease_place_of(lease), domain_part_of(lease.guest_name)}) {
      if (is_domain_name(suffix)) hosts.push_back(name + '.' + std::string(suffix));
    }
  }
  for (std::string& host : hosts) host = folded(host);
  return hosts;
}

}  // namespace

HoldersOfHosts holders_of_hosts(const std::vector<Lease>& leases) {
  HoldersOfHosts holders;
  for (const Lease& lease : leases) {
    const AddressHistory::Holders words = holders_of(lease);
    if (words.empty()) continue;
    for (const std::string& host : hosts_of(lease)) holders[host].insert(words.begin(), words.end());
  }
  return holders;
}

std::set<IpAddress> addresses_of_host(const std::vector<Lease>& leases, const std::string& host) {
  std::set<IpAddress> addresses;
  for (const Lease& lease : leases) {
    const std::vector<std::string> hosts = hosts_of(lease);
    if (std::ranges::find(hosts, host) != hosts.end()) addresses.insert(lease.address);
  }
  return addresses;
}

}  // namespace leases::cli
