#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/checks/checks.h"
#include "cli/command_line/exit_code.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/output/text_style.h"
#include "cli/output/text_table.h"
#include "cli/verbs/verbs.h"
#include "util/file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

struct Options {
  std::string name;
  OutputOptions output;
};

/// A topic and its check.
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

/// From the lease to the program: the first problem may be the cause of those after it.
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

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return Tone::good;
    case Severity::unknown:
      return Tone::plain;
    case Severity::problem:
      return Tone::warning;
  }
  return Tone::warning;
}

std::string column(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text + "  ";
}

std::string lines_of(const std::vector<Finding>& findings, bool color) {
  std::string text;
  for (const Finding& finding : findings) {
    const std::string severity = column(text_of(finding.severity), 7);
    text += color ? colored(severity, tone_of(finding.severity)) : severity;
    text += column(finding.topic, 13);
    text += finding.text;
    if (!finding.remedy.empty()) text += "; to fix it: " + finding.remedy;
    text += '\n';
  }
  return text;
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
  return json_text(result, 2) + '\n';
}

int check(const CheckContext& context, const Options& options) {
  const std::vector<Finding> findings = check_everything(context, options.name);
  const bool well = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::problem;
  });
  print(options.output.json ? json_of(findings, well)
                            : lines_of(findings, TextStyle::of_standard_output(options.output).color));
  return well ? kFound : kNotFound;
}

}  // namespace

Verb check_verb(Command leasectl) {
  auto options = std::make_shared<Options>();
  Command command = leasectl.add_command("check", "Why a name does not resolve, and what fixes it");
  command.add_option("NAME", options->name, "A host name, or an address that is leased");
  add_output_options(command, options->output, "Print a JSON object");
  return {command, [options](const Invocation& invocation) {
            const Settings with_hosts = with_hosts_files(invocation.settings);
            return check(CheckContext{with_hosts, invocation.settings.path}, *options);
          }};
}

}  // namespace leases::cli
