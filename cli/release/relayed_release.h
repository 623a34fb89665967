#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/lease.h"

namespace leases::cli {

/// The id of a message (RFC 8415, 8).
using Transaction = std::array<std::uint8_t, 3>;

/// The RELEASE of an IPv6 lease in the RELAY-FORW of its client's relay (RFC 8415). The lease must have the
/// client's DUID, the server's DUID and an IAID.
std::vector<std::uint8_t> relayed_release(const Lease& lease, const Transaction& transaction);

/// Sends dnsmasq the RELEASE of an IPv6 lease as the client's relay would (RFC 8415), through an interface of
/// this host. dhcp_release6 cannot do this: without a relay, dnsmasq answers only clients in a subnet of that
/// interface. The lease must have the client's DUID, the server's DUID and an IAID. Throws Error.
void send_relayed_release(const Lease& lease, const std::string& interface);

}  // namespace leases::cli
