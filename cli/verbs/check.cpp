#include <algorithm>
#include <array>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/checks/checks.h"
#include "cli/command_line/exit_code.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "util/file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

struct Options {
  std::string name;
  bool json = false;
};

/// A topic, and what looks at it.
struct Topic {
  const char* name;
  std::vector<Finding> (*check)(const CheckContext&);
};

std::vector<Finding> check_configuration(const CheckContext& context) {
  Findings findings("configuration");
  for (const std::string& problem : context.settings.problems)
    findings.problem(printable(problem), "man nss-leases.conf");
  for (const std::string& problem : context.settings.names.problems())
    findings.problem(printable(problem), "man nss-leases.conf");
  if (findings.empty()) findings.ok("nothing is wrong with it");
  return std::move(findings).take();
}

/// From the lease to the program: the first problem may be the reason of those behind it.
constexpr std::array<Topic, 9> kTopics{{
    {"configuration", check_configuration},
    {"dnsmasq", check_dnsmasq},
    {"apparmor", check_apparmor},
    {"status", check_status_files},
    {"sources", check_sources},
    {"index", check_index},
    {"module", check_module},
    {"nsswitch", check_nsswitch},
    {"caches", check_caches},
}};

std::vector<Finding> check_everything(const CheckContext& context, const std::string& name) {
  std::vector<Finding> all;
  const auto append = [&](std::vector<Finding> found) {
    std::move(found.begin(), found.end(), std::back_inserter(all));
  };
  for (const Topic& topic : kTopics) {
    try {
      append(topic.check(context));
    } catch (const Error& error) {
      Findings failed(topic.name);
      failed.problem(printable(error.what()), {});
      append(std::move(failed).take());
    }
  }
  if (!name.empty()) append(check_name(context, name));
  return all;
}

const char* text_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::unknown:
      return "unknown";
    case Severity::problem:
      return "problem";
  }
  return "problem";
}

void append_column(std::string& line, std::string_view text, std::size_t width) {
  line.append(text).append(text.size() < width ? width - text.size() : 0, ' ').append("  ");
}

void append_lines(std::string& text, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    append_column(text, text_of(finding.severity), 7);
    append_column(text, finding.topic, 13);
    text += finding.text;
    if (!finding.remedy.empty()) text += "; to mend it: " + finding.remedy;
    text += '\n';
  }
}

std::string json_of(const std::vector<Finding>& findings, bool well) {
  auto list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    nlohmann::ordered_json object;
    object["severity"] = text_of(finding.severity);
    object["topic"] = finding.topic;
    object["text"] = finding.text;
    if (!finding.remedy.empty()) object["remedy"] = finding.remedy;
    list.push_back(std::move(object));
  }
  nlohmann::ordered_json result;
  result["well"] = well;
  result["findings"] = std::move(list);
  return result.dump(2) + '\n';
}

int check(const CheckContext& context, const Options& options) {
  const std::vector<Finding> findings = check_everything(context, options.name);
  const bool well = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::problem;
  });
  Output output;
  if (options.json) {
    output.text() = json_of(findings, well);
  } else {
    append_lines(output.text(), findings);
  }
  output.flush();
  return well ? kFound : kNotFound;
}

}  // namespace

Verb check_verb(Command leasectl) {
  auto options = std::make_shared<Options>();
  Command command = leasectl.add_command("check", "Why a name does not resolve, and what mends it");
  command.add_option("NAME", options->name, "A host name, or an address that is leased");
  command.add_flag("--json", options->json, "Print a JSON object");
  return {command, [options](const Invocation& invocation) {
            const Settings with_hosts = with_hosts_files(invocation.settings);
            return check(CheckContext{with_hosts, invocation.settings.path}, *options);
          }};
}

}  // namespace leases::cli
