#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"

namespace leases::cli {

namespace {

struct Metric {
  const char* name;
  const char* help;
  /// Nothing if the network has no such value.
  std::function<std::optional<std::uint64_t>(const NetworkSummary&)> value;
};

const std::vector<Metric>& metrics() {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  using Value = std::optional<std::uint64_t>;
  static const std::vector<Metric> kMetrics{
      {"nss_leases_names", "Different host names that can be looked up.",
       [](const NetworkSummary& network) -> Value { return network.names; }},
      {"nss_leases_next_expiry_timestamp_seconds", "When the first lease expires, if any expires.",
       [](const NetworkSummary& network) -> Value {
         return network.next_expiry ? Value(network.next_expiry->seconds) : Value();
       }},
      {"nss_leases_last_change_timestamp_seconds", "When the status file that the index knows was written.",
       [](const NetworkSummary& network) -> Value {
         return network.last_change ? Value(network.last_change->nanoseconds / kNanoseconds) : Value();
       }},
      {"nss_leases_index_current", "Whether the index is up to date with the status file.",
       [](const NetworkSummary& network) -> Value {
         if (network.state == IndexState::unknown) return {};
         return network.state == IndexState::current ? 1 : 0;
       }},
  };
  return kMetrics;
}

void write_head(std::ostream& out, const char* name, const char* help) {
  out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << " gauge\n";
}

int write_metrics(const Inventory& inventory, std::ostream& out) {
  write_head(out, "nss_leases_active", "DHCP leases that have not expired.");
  for (const NetworkSummary& network : inventory.networks) {
    const std::string labels = R"({network=")" + network.network + R"(",family=)";
    out << "nss_leases_active" << labels << R"("ipv4"} )" << network.v4 << '\n'
        << "nss_leases_active" << labels << R"("ipv6"} )" << network.v6 << '\n';
  }
  for (const Metric& metric : metrics()) {
    write_head(out, metric.name, metric.help);
    for (const NetworkSummary& network : inventory.networks) {
      if (const auto value = metric.value(network))
        out << metric.name << "{network=\"" << network.network << "\"} " << *value << '\n';
    }
  }
  return kFound;
}

}  // namespace

ExportFormat metrics_format(Command exports) {
  return {exports.add_command("metrics", "Numbers for the textfile collector of node_exporter"),
          write_metrics};
}

}  // namespace leases::cli
