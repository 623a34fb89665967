#pragma once

#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"

namespace leases::cli {

// A topic looks at its part of the context and changes nothing. It has at least one finding. It may throw
// Error where the system fails. None waits for anybody, but check_name() for the services that it asks.

/// Whether every dnsmasq that serves DHCP runs the helper, as its command line and files say (dnsmasq(8)).
std::vector<Finding> check_dnsmasq(const CheckContext& context);
/// Whether AppArmor keeps dnsmasq from running the helper, or programs from the index.
std::vector<Finding> check_apparmor(const CheckContext& context);
/// Whether the index is there, readable, believed, sound, and where the module looks for it.
std::vector<Finding> check_index(const CheckContext& context);
/// Whether the index knows each network's status file as it is.
std::vector<Finding> check_status_files(const CheckContext& context);
/// Whether the index knows the files of others, which leases are imported from, as they are.
std::vector<Finding> check_sources(const CheckContext& context);
/// Whether glibc can load the module, and the module reads the index.
std::vector<Finding> check_module(const CheckContext& context);
/// Whether glibc asks the module, and not too late (nsswitch.conf(5)).
std::vector<Finding> check_nsswitch(const CheckContext& context);
/// Whether nscd answers in place of the module.
std::vector<Finding> check_caches(const CheckContext& context);
/// What becomes of one host name or address, here and in the DNS of its dnsmasq. It changes which services
/// this process asks, so it comes last.
std::vector<Finding> check_name(const CheckContext& context, const std::string& name);

}  // namespace leases::cli
