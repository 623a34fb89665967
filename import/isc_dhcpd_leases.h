#pragma once

#include "import/parsed_file.h"
#include "import/source_text.h"

namespace leases {

/// Reads the leases of ISC dhcpd, DHCPv4's or DHCPv6's (dhcpd.leases(5), tried with 4.4.3): a log to which
/// dhcpd appends a declaration whenever a lease changes, and which it writes anew from time to time.
///
///     lease 10.77.1.5 {                             ia-na "<IAID and DUID of the client>" {
///       cltt 4 2026/11/26 10:00:00;                   cltt 4 2026/11/26 10:00:00;
///       ends 4 2026/11/26 12:00:00;                   iaaddr fd77:1::5 {
///       binding state active;                           binding state active;
///       hardware ethernet 52:54:00:12:34:56;            ends 4 2026/11/26 12:00:00;
///       uid "\001RT\000\0224V";                         set ddns-fwd-name = "web.example.org";
///       client-hostname "web";                        }
///     }                                             }
///
/// A lease counts while its binding state is active. Its name is `ddns-fwd-name`, under which dhcpd put it
/// into DNS, else the client's: `client-hostname`, which DHCPv4's leases have, or `set client-name = "web";`,
/// as an administrator can have dhcpd write for DHCPv6's. In the client's, only the source's domain counts
/// (take_clients_name()). ia-pd and other declarations are skipped.
///
/// The last declaration of an ia-na or ia-ta has all of its addresses: those of an earlier one are not leased
/// any more. An `iaaddr` line that cannot be read is a problem.
///
/// The last declaration may lack its end: it is still being written and does not count yet. Any other without
/// its end, an address, a binding state or, if it is active, an end of the lease is a problem and is left
/// out, which leaves its address as it was. Any other value that cannot be read costs the lease just that. A
/// file without one line of dhcpd's is damaged.
ParsedFile parse_isc_dhcpd_leases(const SourceText& source);

}  // namespace leases
