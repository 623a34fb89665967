#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/not_empty.h"
#include "cli/exports/formats.h"
#include "cli/exports/host_groups.h"
#include "cli/output/json_text.h"
#include "common/host_name.h"
#include "util/log.h"

namespace leases::cli {

namespace {

using Json = nlohmann::ordered_json;

struct AnsibleOptions {
  bool list = false;
  std::string host;
  std::vector<std::string> groups;
};

Json variables_of(const InventoryHost& host) {
  Json variables;
  variables["ansible_host"] = IpText(host.addresses.front()).view();
  variables["lease_network"] = host.network;
  if (!host.shared_by.empty()) variables["lease_host"] = host.shared_by;
  if (!host.domain.empty()) variables["lease_domain"] = host.domain;
  auto& addresses = variables["lease_addresses"] = Json::array();
  for (const IpAddress& address : host.addresses) addresses.push_back(IpText(address).view());
  if (host.hardware) variables["lease_mac_address"] = HardwareText(*host.hardware).view();
  return variables;
}

/// Ansible finds hosts and groups by the same names, and always knows these.
bool means_something_else(std::string_view key, const std::vector<std::string>& rules) {
  constexpr std::array<std::string_view, 3> kOfAnsible{"all", "ungrouped", "localhost"};
  return std::ranges::find(kOfAnsible, key) != kOfAnsible.end() || may_be_group(key, rules);
}

/// A guest that calls itself `all`, or like a group, must not select that group's hosts: its key gets the
/// network's name.
Inventory without_group_names(Inventory inventory, const std::vector<std::string>& rules) {
  for (InventoryHost& host : inventory.hosts)
    host.alone = host.alone && !means_something_else(host.name, rules);
  leave_out_hosts(
      inventory,
      [&](const std::string& key) { return !is_domain_name(key) || means_something_else(key, rules); },
      "has a name that means something else to Ansible, and the network's name cannot follow it");
  return inventory;
}

int write_one(const Inventory& inventory, const std::string& key, std::ostream& out) {
  const auto host = std::find_if(inventory.hosts.begin(), inventory.hosts.end(),
                                 [&](const InventoryHost& candidate) { return candidate.key() == key; });
  const bool found = host != inventory.hosts.end();
  out << json_text(found ? variables_of(*host) : Json::object(), 2) << '\n';
  if (!found) log_line("there is no host '" + key + "' in the inventory");
  return found ? kFound : kNotFound;
}

int write_all(const Inventory& inventory, const std::vector<std::string>& rules, std::ostream& out) {
  Json document;
  auto& variables = document["_meta"]["hostvars"] = Json::object();
  for (const InventoryHost& host : inventory.hosts) variables[host.key()] = variables_of(host);
  for (const auto& [group, members] : groups_of(inventory, rules)) document[group]["hosts"] = members;
  out << json_text(document, 2) << '\n';
  return kFound;
}

}  // namespace

ExportFormat ansible_format(Command exports) {
  auto options = std::make_shared<AnsibleOptions>();
  Command command = exports.add_command("ansible", "A dynamic inventory for Ansible");
  const Option list = command.add_flag("--list", options->list, "All hosts and groups, which is the default");
  command.add_option("--host", options->host, "The variables of one host")
      .validated_by(not_empty)
      .excludes(list)
      .value("NAME");
  add_group_option(command, options->groups);
  return {command, [options](const Inventory& inventory, std::ostream& out) {
            const Inventory distinct = without_group_names(inventory, options->groups);
            return options->host.empty() ? write_all(distinct, options->groups, out)
                                         : write_one(distinct, options->host, out);
          }};
}

}  // namespace leases::cli
