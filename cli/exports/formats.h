#pragma once

#include <array>
#include <functional>
#include <iosfwd>

#include "cli/command_line/command_line.h"
#include "cli/exports/inventory.h"

namespace leases::cli {

/// A format of `leasectl export`: its command line, and its writer.
struct ExportFormat {
  Command command;
  /// Writes the inventory as a complete file of this format. Returns an ExitCode.
  std::function<int(const Inventory&, std::ostream&)> write;
  /// It gives names to addresses, as a lookup does: also those that are reserved for a machine without a
  /// lease.
  bool has_reserved = false;
};

/// hosts(5).
ExportFormat hosts_format(Command exports);
/// A dynamic inventory of Ansible: JSON with `_meta`, or the variables of one host.
ExportFormat ansible_format(Command exports);
/// Targets of Prometheus's file_sd_config: JSON.
ExportFormat prometheus_format(Command exports);
/// Prometheus's text format, for the textfile collector of node_exporter.
ExportFormat metrics_format(Command exports);
/// ssh_config(5).
ExportFormat ssh_config_format(Command exports);
/// Groups of ClusterShell: YAML for its groups.d.
ExportFormat clush_format(Command exports);
/// A DNS zone, names to addresses or addresses to names (RFC 1035).
ExportFormat zone_format(Command exports);

/// Every format, in the order of the help. A new one is a file, its declaration above, and a row here.
inline constexpr std::array kExportFormats{
    hosts_format,      ansible_format, prometheus_format, metrics_format,
    ssh_config_format, clush_format,   zone_format,
};

}  // namespace leases::cli
