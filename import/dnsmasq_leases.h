#pragma once

#include <cstddef>
#include <string_view>

#include "common/time.h"
#include "import/parsed_file.h"

namespace leases {

/// Reads dnsmasq's own lease file (dhcp-leasefile), which NetworkManager's and Incus' dnsmasq write as well:
///
///     <expiry> <hardware address> <IPv4 address> <name or *> <client identifier or *>
///     duid <DUID of the DHCPv6 server>
///     <expiry> [T]<IAID> <IPv6 address> <name or *> <client DUID or *>
///
/// Lines that begin with another word (vendorclass, agent-info) are skipped. dnsmasq writes a name
/// without its domain, but keeps a qualified one that it found in the file.
///
/// The file is written in place, so it may be found half written: then `damage` is "is empty", as it also is
/// with no lease, or "ends in the middle of a line", and that line is left out. If no line has one of the
/// three forms above, it is "has no line in dnsmasq's format".
///
/// A line without a time or an address is left out, and is a problem; so is one with a lease's length in
/// place of the time, by which builds of dnsmasq with HAVE_BROKEN_RTC are known. Any other word that cannot
/// be read costs the lease just that. A name that is not a host label is kept as a refused one, if it can be
/// kept at all (is_client_name()). An identifier of more than kMaxIdentifier bytes is left out without a
/// problem.
///
/// The file does not say when a lease changed. A lease that ends later was renewed later, so the leases are
/// in that order, those without an end first. They get times 1 ns apart; the last is `read_at`, but at least
/// 1 ns for each lease.
ParsedFile parse_dnsmasq_leases(std::string_view text, std::string_view network, ChangeTime read_at,
                                std::size_t most_records = kMostRecords);

}  // namespace leases
