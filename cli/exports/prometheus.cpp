#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"
#include "cli/output/json_text.h"

namespace leases::cli {

namespace {

/// That of node_exporter.
constexpr std::uint16_t kDefaultPort = 9100;

std::string target_of(const IpAddress& address, std::uint16_t port) {
  const std::string text(IpText(address).view());
  return (address.family == Family::v6 ? '[' + text + ']' : text) + ':' + std::to_string(port);
}

/// One target for each host: a machine with two addresses must not count twice.
int write_prometheus(const Inventory& inventory, std::uint16_t port, std::ostream& out) {
  auto document = nlohmann::ordered_json::array();
  for (const InventoryHost& host : inventory.hosts) {
    nlohmann::ordered_json group;
    group["targets"] = {target_of(host.addresses.front(), port)};
    group["labels"]["hostname"] = host.name;
    group["labels"]["network"] = host.network;
    if (!host.shared_by.empty()) group["labels"]["host"] = host.shared_by;
    if (!host.domain.empty()) group["labels"]["domain"] = host.domain;
    document.push_back(std::move(group));
  }
  out << json_text(document, 2) << '\n';
  return kFound;
}

}  // namespace

ExportFormat prometheus_format(Command exports) {
  auto port = std::make_shared<std::uint16_t>(kDefaultPort);
  Command command = exports.add_command("prometheus", "Targets for file_sd_configs of Prometheus");
  command.add_option("--port", *port, "The port of the targets (9100)").range(1, 65535).value("PORT");
  return {command, [port](const Inventory& inventory, std::ostream& out) {
            return write_prometheus(inventory, *port, out);
          }};
}

}  // namespace leases::cli
