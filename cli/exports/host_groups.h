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

/// Declares --group NAME=PATTERN, which can be repeated. Fills `rules`, which must outlive the command line.
void add_group_option(Command command, std::vector<std::string>& rules);

/// `network_NAME` for each network, `name_STEM` for hosts whose names are STEM and a number ("ci-runner-0042"
/// is in name_ci_runner), and a group for each rule, with the hosts whose name matches its pattern (glob(7)).
/// A group's name has letters, digits and underscores, as Ansible wants it: any other character of a
/// network's or host's name becomes an underscore. Where that gives several networks one name, each has its
/// own: "network_br_x2d_a" for br-a, "network_br_x5f_a" for br_a. An underscore in a host's name is always
/// "_x5f_": ci_runner-1 is in name_ci_x5f_runner. What would become such a spelling by chance is spelled out,
/// too: ci-x5f-runner-1 is in name_ci_x2d_x5f_runner. So different names give different groups.
HostGroups groups_of(const Inventory& inventory, const std::vector<std::string>& rules);

/// Whether groups_of() could give a group this name, for these hosts or for others.
bool may_be_group(std::string_view name, const std::vector<std::string>& rules);

}  // namespace leases::cli
