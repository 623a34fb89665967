#include <ostream>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"

namespace leases::cli {

namespace {

int write_hosts(const Inventory& inventory, std::ostream& out) {
  for (const InventoryHost& host : inventory.by_every_name()) {
    const auto names = host.names();
    if (names.empty()) continue;
    for (const IpAddress& address : host.addresses) {
      out << IpText(address).view();
      for (const std::string& name : names) out << (&name == &names.front() ? '\t' : ' ') << name;
      out << '\n';
    }
  }
  return kFound;
}

}  // namespace

ExportFormat hosts_format(Command exports) {
  return {exports.add_command("hosts", "Lines for /etc/hosts"), write_hosts, true};
}

}  // namespace leases::cli
