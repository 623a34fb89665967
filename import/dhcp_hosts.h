#pragma once

#include <string_view>

#include "import/parsed_file.h"

namespace leases {

/// Reads the addresses that dnsmasq keeps for hosts (dnsmasq(8), dhcp-host), from its configuration or from a
/// file of dhcp-hostsfile or dhcp-hostsdir, which libvirt's `<network>.hostsfile` is:
///
///     dhcp-host=52:54:00:12:34:56,10.0.0.5,web
///     52:54:00:12:34:56,10.0.0.5,web
///
/// In a file with a line that begins with a word and a `=`, only lines of the first form count. `#`
/// begins a comment. Each address on a line with a name is a lease that is reserved, with the first MAC
/// address there, without an end and without a time of change. What comes after the first dot of the name is
/// the domain. Skipped are lines without a name or a whole address, those with `ignore`, and those with a
/// `tag:`, since another configuration decides whether they hold. Of several lines with one address the first
/// counts. A name that cannot be a host's is a problem of its line.
ParsedFile parse_dhcp_hosts(std::string_view text, std::string_view network);

}  // namespace leases
