#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/known_hosts/address_history.h"
#include "common/lease.h"

namespace leases::cli {

/// The clients that have each host now. The hosts are those that a user may connect to by ssh: addresses and
/// names, in lower case like ssh writes them in known_hosts.
using HoldersOfHosts = std::map<std::string, AddressHistory::Holders>;

/// Without the leases whose client is not known.
HoldersOfHosts holders_of_hosts(const std::vector<Lease>& leases);

/// The addresses of a host: those of the leases that have it as a name, or the address itself.
std::set<IpAddress> addresses_of_host(const std::vector<Lease>& leases, const std::string& host);

}  // namespace leases::cli
