#pragma once

#include <string>

#include "common/lease.h"

namespace leases::cli {

/// Sends dnsmasq the RELEASE of an IPv6 lease as the client's relay would (RFC 8415), by an interface of this
/// host: dnsmasq answers a client without a relay only if it is in a subnet of that interface, so
/// dhcp_release6 does not do. The lease has a client's DUID, a server's DUID and an IAID. Throws Error.
void send_relayed_release(const Lease& lease, const std::string& interface);

}  // namespace leases::cli
