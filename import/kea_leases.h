#pragma once

#include "import/parsed_file.h"
#include "import/source_text.h"

namespace leases {

/// Reads the leases of Kea's memfile, DHCPv4's or DHCPv6's: a CSV file to which Kea appends a row whenever a
/// lease changes, and whose first line names the columns. These are known by name, since each version of Kea
/// adds some; tried with 2.2 and 3.0.
///
/// Some columns: `valid_lifetime` in seconds, 0 if the lease was released, 4294967295 for ever. `expire`:
/// when that ends, in seconds since 1970. `state`: 0 is a lease, 4 an address that a client registered
/// (RFC 9686); others are declined, reclaimed or released. `lease_type`: 0 is an address, 1 a temporary one,
/// 2 a prefix, which is skipped. `hostname`: as the client sent it, unless Kea appended its
/// `ddns-qualifying-suffix`, which is then the source's domain: no other counts (take_clients_name()).
/// `&#x2c` is a comma in a value.
///
/// Kea's lease file clean-up makes shorter files of the log. It renames the file to `.1`, which Kea goes on
/// without; kea-lfc writes what still counts of `.2` and `.1` to `.output`, renames that to `.completed`,
/// removes `.2` and `.1` and renames `.completed` to `.2`. So as Kea does when it starts (memfile_lease_mgr),
/// this reads `.completed` if it exists, else `.2` and `.1`; then the file itself. `.output` never counts.
///
/// A row without its end is still being written, and does not count yet. A row that cannot be read is a
/// problem, is left out, and leaves its address as it was, as Kea does. A file whose first line names no
/// columns of Kea's is damaged.
ParsedFile parse_kea_leases(const SourceText& source);

}  // namespace leases
