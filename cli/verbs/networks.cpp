#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
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

std::string table_of(const std::vector<NetworkSummary>& summaries, const TextStyle& style) {
  TextTable table(
      {"Network", "Leases", "Names", "IPv4", "IPv6", "Next Expiry", "Last Change", "Index", "Sources"});
  const EpochSeconds present = now();
  const auto time_text = [&](EpochSeconds time) {
    return style.relative_times ? relative_time(time, present) : local_time(time);
  };
  for (const NetworkSummary& summary : summaries) {
    table.add({{escaped(summary.network)},
               {std::to_string(summary.leases())},
               {std::to_string(summary.names)},
               {std::to_string(summary.v4)},
               {std::to_string(summary.v6)},
               {summary.next_expiry ? time_text({summary.next_expiry->seconds}) : ""},
               {summary.last_change ? time_text({summary.last_change->nanoseconds / kNanoseconds}) : ""},
               {name_of(summary.state), summary.state == IndexState::current ? Tone::good : Tone::warning},
               {paths_of(summary)}});
  }
  return table.text(style.color);
}

int networks(const Settings& settings, const OutputOptions& output) {
  const IndexReader reader(settings);
  const std::vector<NetworkSummary> summaries = summaries_of(reader, settings);
  print(output.json ? json_array_of(summaries) : table_of(summaries, TextStyle::of_standard_output(output)));
  return kFound;
}

}  // namespace

Verb networks_verb(Command leasectl) {
  auto output = std::make_shared<OutputOptions>();
  Command command =
      leasectl.add_command("networks", "The networks, and whether the index is up to date with their files");
  add_output_options(command, *output, "Print a JSON array");
  return {command, [output](const Invocation& invocation) { return networks(invocation.settings, *output); }};
}

}  // namespace leases::cli
