#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/names/network_choice.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/output/text_style.h"
#include "cli/output/text_table.h"
#include "cli/output/time_text.h"
#include "cli/verbs/verbs.h"
#include "store/network_summary.h"
#include "store/status_text.h"
#include "util/clock.h"
#include "util/escaped_text.h"

namespace leases::cli {

namespace {

constexpr std::uint64_t kNanoseconds = 1'000'000'000;

nlohmann::ordered_json summary_json(const NetworkSummary& summary) {
  nlohmann::ordered_json object;
  object["network"] = summary.network;
  if (!summary.host.empty()) object["host"] = summary.host;
  object["leases"] = summary.leases();
  object["names"] = summary.names;
  object["ipv4"] = summary.v4;
  object["ipv6"] = summary.v6;
  if (summary.next_expiry) object["next-expiry"] = summary.next_expiry->seconds;
  if (summary.last_change) object["last-change"] = decimal_time(*summary.last_change);
  object["index"] = name_of(summary.state);
  object["sources"] = summary.sources;
  return object;
}

std::string json_array_of(const std::vector<NetworkSummary>& summaries) {
  auto list = nlohmann::ordered_json::array();
  for (const NetworkSummary& summary : summaries) list.push_back(summary_json(summary));
  return json_text(list, 2) + '\n';
}

std::string paths_of(const NetworkSummary& summary) {
  std::string paths;
  for (const std::string& path : summary.sources) paths += (paths.empty() ? "" : " ") + escaped(path);
  return paths;
}

std::string time_text(EpochSeconds time, const TextStyle& style) {
  return style.for_terminal ? relative_time(time, now()) : local_time(time);
}

/// "-" where there is no lease that could end.
std::string next_expiry_text(const NetworkSummary& summary, const TextStyle& style) {
  if (!summary.next_expiry) return summary.leases() > 0 ? "never" : "";
  return time_text({summary.next_expiry->seconds}, style);
}

std::string table_of(const std::vector<NetworkSummary>& summaries, const TextStyle& style) {
  TextTable table(
      {"Network", "Leases", "Names", "IPv4", "IPv6", "Next Expiry", "Last Change", "Index", "Sources"});
  for (const NetworkSummary& summary : summaries) {
    table.add(
        {{escaped(summary.network)},
         {std::to_string(summary.leases())},
         {std::to_string(summary.names)},
         {std::to_string(summary.v4)},
         {std::to_string(summary.v6)},
         {next_expiry_text(summary, style)},
         {summary.last_change ? time_text({summary.last_change->nanoseconds / kNanoseconds}, style) : ""},
         {name_of(summary.state), summary.state == IndexState::current ? Tone::good : Tone::warning},
         {paths_of(summary)}});
  }
  if (style.width > 0) table.fit(style.width, {"Sources", "IPv6", "IPv4"});
  return table.text(style.color);
}

std::vector<std::string_view> names_of(const std::vector<NetworkSummary>& summaries) {
  std::vector<std::string_view> names;
  names.reserve(summaries.size());
  for (const NetworkSummary& summary : summaries) names.push_back(summary.network);
  return names;
}

struct NetworksOptions {
  NetworkChoice networks;
  OutputOptions output;
};

int networks(const Settings& settings, NetworksOptions& options) {
  const IndexReader reader(settings);
  std::vector<NetworkSummary> summaries = summaries_of(reader, settings);
  const std::vector<std::string_view> known = names_of(summaries);
  const bool all_exist = options.networks.settle(known, settings);
  if (!all_exist && !options.output.json) return kNotFound;
  std::erase_if(summaries, [&](const NetworkSummary& summary) {
    return !all_exist || !options.networks.has(summary.network);
  });
  print(options.output.json ? json_array_of(summaries)
                            : table_of(summaries, TextStyle::of_standard_output(options.output)));
  return all_exist ? kFound : kNotFound;
}

}  // namespace

Verb networks_verb(Command leasectl) {
  auto options = std::make_shared<NetworksOptions>();
  Command command =
      leasectl.add_command("networks", "The networks, and whether the index is up to date with their files");
  command.add_option("NETWORK", options->networks.names, "Only these networks");
  add_output_options(command, options->output, "Print a JSON array");
  add_long_option(command, options->output);
  return {command,
          [options](const Invocation& invocation) { return networks(invocation.settings, *options); }};
}

}  // namespace leases::cli
