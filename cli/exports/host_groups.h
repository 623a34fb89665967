#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command_line.h"
#include "cli/exports/inventory.h"

namespace leases::cli {

/// Groups of hosts, by name; the members by InventoryHost::key().
using HostGroups = std::map<std::string, std::set<std::string>>;

/// Declares --group NAME=PATTERN, which may be given more than once. The rules end up in `rules`.
void add_group_option(Command command, std::vector<std::string>& rules);

/// `network_NAME` for each network, `name_STEM` for hosts whose names are STEM and a number ("ci-runner-0042"
/// is in name_ci_runner), and a group for each rule, with the hosts whose name matches its pattern (glob(7)).
/// A group's name is letters, digits and underscores, as Ansible wants it: what else is in a network's or
/// host's name becomes an underscore.
HostGroups groups_of(const Inventory& inventory, const std::vector<std::string>& rules);

/// Whether a group of groups_of() could be called so, be it of these hosts or of others.
bool may_be_group(std::string_view name, const std::vector<std::string>& rules);

}  // namespace leases::cli
