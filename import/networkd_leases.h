#pragma once

#include "import/parsed_file.h"
#include "import/source_text.h"

namespace leases {

/// Reads the leases of systemd-networkd's DHCP server, which networkd 257 and later writes to
/// /var/lib/systemd/network/dhcp-server-lease/INTERFACE, or below /run with PersistLeases=runtime:
///
///     {"Address": [...], "PrefixLength": 24, "Leases": [
///       {"ClientId": [1, 82, 84, ...], "Address": [10, 77, 1, 5], "Hostname": "web",
///        "HardwareAddressType": 1, "HardwareAddressLength": 6, "HardwareAddress": [82, 84, ...],
///        "ExpirationRealtimeUSec": 1795446834123456}]}
///
/// Unknown keys are skipped. A lease without an address or an end is left out, and is a problem; any other
/// value that cannot be read costs the lease just that. An end of 2^64 - 1 is none.
///
/// networkd writes a new file and renames it. The file does not say when a lease changed: as for dnsmasq's
/// file, the leases are in the order of their ends, those without an end first, and get times 1 ns apart, of
/// which the last is when the file was written. A name is as the client sent it: of domains, only the
/// source's counts (take_clients_name()).
ParsedFile parse_networkd_leases(const SourceText& source);

}  // namespace leases
