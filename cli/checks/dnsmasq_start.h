#pragma once

#include <cstddef>
#include <string>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "dnsmasq/options.h"

namespace leases::cli {

/// Reports what keeps the dnsmasq of the system's service, which does not run, from starting: its own
/// complaint about its files (`dnsmasq --test`, as root), or more leases than it takes. True if something
/// does: then no restart helps. A dnsmasq that hangs is given up after some seconds.
bool report_failing_start(const CheckContext& context, const DnsmasqOptions& options, Findings& findings);

/// How many leases go on that the helper was told of and that a dnsmasq which starts now is given, as far as
/// that can be known of one that does not run: those of servers that run now are theirs. 0 without an index.
std::size_t own_leases(const CheckContext& context);

/// A file in the system's directory that has the helper as dhcp-script, and that this dnsmasq does not read;
/// empty if there is none.
std::string unread_script_file(const CheckContext& context, const DnsmasqOptions& options);

/// Gives such a file a name under which it is read, or puts the option into one that is.
std::string reading_script_file(const CheckContext& context, const DnsmasqOptions& options,
                                const std::string& file);

}  // namespace leases::cli
