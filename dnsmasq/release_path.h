#pragma once

#include <string>
#include <vector>

#include "common/lease.h"
#include "util/local_subnets.h"

namespace leases {

/// The interfaces by which a dnsmasq of this host may have got its client's packets, likeliest first; none if
/// the host has no route to the client. A network need not have the name of an interface, and a client behind
/// a relay is not in a subnet of this host. `present` are all leases.
std::vector<std::string> interfaces_toward(const Lease& lease, const LocalSubnets& subnets,
                                           const std::vector<Lease>& present);

/// Whether a program in this network namespace receives the packets of DHCP clients. True if that cannot be
/// known.
bool receives_dhcp(Family family);

}  // namespace leases
