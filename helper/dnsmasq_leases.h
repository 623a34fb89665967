#pragma once

#include <string_view>

#include "common/time.h"
#include "helper/status_parser.h"

namespace leases {

/// Reads dnsmasq's own lease file (dhcp-leasefile), which NetworkManager's and Incus' dnsmasq write as well:
///
///     <expiry> <hardware address> <IPv4 address> <name or *> <client identifier or *>
///     duid <DUID of the DHCPv6 server>
///     <expiry> [T]<IAID> <IPv6 address> <name or *> <client DUID or *>
///
/// Lines that begin with another word (vendorclass, agent-info) are passed over. dnsmasq writes a name
/// without its domain, but keeps a qualified one that it found in the file.
///
/// The file is written in place, so it may be found half written: then `damage` is "is empty", as it also is
/// with no lease, or "ends in the middle of a line", and that line is left out. Of a text of which no line is
/// one of the first three, it is "has no line of dnsmasq's". Otherwise `damage` is about the first line that
/// is not as above; those are left out.
///
/// The file does not tell when a lease changed. What ends later was renewed later, so the leases are in that
/// order, those without an end first, and get times 1 ns apart of which the last is `read_at`, at least 1 ns
/// for each lease.
ParsedStatus parse_dnsmasq_leases(std::string_view text, std::string_view network, ChangeTime read_at);

}  // namespace leases
