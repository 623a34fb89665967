#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"
#include "cli/exports/host_groups.h"
#include "cli/output/json_text.h"

namespace leases::cli {

namespace {

/// JSON is YAML in which a group named "on" or "1" stays a text.
int write_clush(const Inventory& inventory, const std::vector<std::string>& rules, std::ostream& out) {
  nlohmann::ordered_json document;
  auto& groups = document["leases"] = nlohmann::ordered_json::object();
  for (const auto& [group, members] : groups_of(inventory, rules)) {
    std::string nodes;
    for (const std::string& member : members) nodes.append(nodes.empty() ? "" : ",").append(member);
    groups[group] = nodes;
  }
  out << json_text(document, 2) << '\n';
  return kFound;
}

}  // namespace

ExportFormat clush_format(Command exports) {
  auto rules = std::make_shared<std::vector<std::string>>();
  Command command = exports.add_command("clush", "Groups for clush and nodeset of ClusterShell");
  add_group_option(command, *rules);
  return {command, [rules](const Inventory& inventory, std::ostream& out) {
            return write_clush(inventory, *rules, out);
          }};
}

}  // namespace leases::cli
