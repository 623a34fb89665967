#pragma once

#include <array>
#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"

namespace leases::cli {

// A check looks at its part of the context and changes nothing. It has at least one finding. It may throw
// Error where the system fails. None waits for another program, except check_names() for the services that it
// asks, and check_dnsmasq() for some seconds for `dnsmasq --test`.

/// Whether the configuration could be read as it was meant.
std::vector<Finding> check_configuration(const CheckContext& context);
/// Whether every dnsmasq that serves DHCP runs the helper, by its command line and files (dnsmasq(8)).
std::vector<Finding> check_dnsmasq(const CheckContext& context);
/// Whether the helper may do what it has to as the user that dnsmasq runs it as, and nobody else may meddle.
std::vector<Finding> check_helper(const CheckContext& context);
/// Whether AppArmor keeps dnsmasq from running the helper, or programs from reading the index.
std::vector<Finding> check_apparmor(const CheckContext& context);
/// Whether the index is up to date with each network's status file.
std::vector<Finding> check_status_files(const CheckContext& context);
/// Whether the index is up to date with other programs' files, from which leases are imported.
std::vector<Finding> check_sources(const CheckContext& context);
/// Whether the index exists, is readable, trusted and sound, and is where the module looks for it.
std::vector<Finding> check_index(const CheckContext& context);
/// Whether glibc can load the module, and the module reads the index.
std::vector<Finding> check_module(const CheckContext& context);
/// Whether glibc asks the module, and not too late (nsswitch.conf(5)).
std::vector<Finding> check_nsswitch(const CheckContext& context);
/// Whether nscd answers in place of the module.
std::vector<Finding> check_caches(const CheckContext& context);
/// Whether systemd-resolved asks leases-resolve, if it has hooks.
std::vector<Finding> check_resolved(const CheckContext& context);
/// Whether leases-share runs, if it is configured.
std::vector<Finding> check_share(const CheckContext& context);

/// A check, and the topic of its findings (schema/check.schema.json).
struct Check {
  const char* topic;
  std::vector<Finding> (*run)(const CheckContext&);
};

/// Every check, on the way from the lease to the program: the first problem may cause those after it. A new
/// one is a file, its declaration above, and a row here.
inline constexpr std::array<Check, 12> kChecks{{
    {"configuration", check_configuration},
    {"dnsmasq", check_dnsmasq},
    {"helper", check_helper},
    {"apparmor", check_apparmor},
    {"status", check_status_files},
    {"sources", check_sources},
    {"index", check_index},
    {"module", check_module},
    {"nsswitch", check_nsswitch},
    {"caches", check_caches},
    {"resolved", check_resolved},
    {"share", check_share},
}};

/// How host names or addresses are answered, on this host and in the DNS of its dnsmasq. It changes which
/// services this process asks, so it must come last.
std::vector<Finding> check_names(const CheckContext& context, const std::vector<std::string>& names);

/// The findings of every check, and of the names. A check that fails is a problem.
std::vector<Finding> run_checks(const CheckContext& context, const std::vector<std::string>& names);

}  // namespace leases::cli
