#include <ostream>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"

namespace leases::cli {

namespace {

int write_ssh_config(const Inventory& inventory, std::ostream& out) {
  for (const InventoryHost& host : inventory.by_every_name()) {
    const auto names = host.names();
    if (names.empty()) continue;
    out << "Host";
    for (const std::string& name : names) out << ' ' << name;
    out << "\n    HostName " << IpText(host.addresses.front()).view() << '\n';
  }
  return kFound;
}

}  // namespace

ExportFormat ssh_config_format(Command exports) {
  return {exports.add_command("ssh-config", "Host blocks for ~/.ssh/config to include"), write_ssh_config,
          true};
}

}  // namespace leases::cli
