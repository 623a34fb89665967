#include "cli/checks/finding_text.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"
#include "cli/output/text_table.h"

namespace leases::cli {

namespace {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::unknown:
      return "unknown";
    case Severity::problem:
      break;
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
      break;
  }
  return Tone::warning;
}

std::string column(std::string_view text, std::size_t width) {
  std::string padded(text);
  padded.resize(std::max(text.size(), width), ' ');
  return padded + "  ";
}

std::string what_was_found(const Finding& finding, bool color) {
  const std::string severity = column(name_of(finding.severity), 7);
  return (color ? colored(severity, tone_of(finding.severity)) : severity) + column(finding.topic, 13) +
         finding.text;
}

struct Advice {
  const char* purpose;
  const std::string& command;
};

/// What is no cure is not called one.
Advice advice_of(const Finding& finding) {
  if (!finding.remedy.empty()) return {"to fix it", finding.remedy};
  return {"look at", finding.look_at};
}

}  // namespace

bool all_well(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings,
                              [](const Finding& finding) { return finding.severity == Severity::problem; });
}

std::string text_of(const std::vector<Finding>& findings, bool color) {
  std::string text;
  for (const Finding& finding : findings) {
    text += what_was_found(finding, color);
    if (const Advice advice = advice_of(finding); !advice.command.empty())
      text.append("; ").append(advice.purpose).append(": ").append(advice.command);
    text += '\n';
  }
  return text;
}

std::string text_for_terminal(const std::vector<Finding>& findings, bool color) {
  std::string problems;
  std::string others;
  for (const Finding& finding : findings) {
    std::string& text = finding.severity == Severity::problem ? problems : others;
    text += what_was_found(finding, color) + '\n';
    if (const Advice advice = advice_of(finding); !advice.command.empty()) {
      text.append("  ").append(advice.purpose).append(":\n    ");
      text += (color ? colored(advice.command, Tone::heading) : advice.command) + '\n';
    }
    if (finding.severity == Severity::problem) text += '\n';
  }
  return problems + others;
}

std::string json_of(const std::vector<Finding>& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    nlohmann::ordered_json object;
    object["severity"] = name_of(finding.severity);
    object["topic"] = finding.topic;
    object["text"] = finding.text;
    if (!finding.remedy.empty()) object["remedy"] = finding.remedy;
    if (!finding.look_at.empty()) object["look-at"] = finding.look_at;
    list.push_back(std::move(object));
  }
  nlohmann::ordered_json result;
  result["well"] = all_well(findings);
  result["findings"] = std::move(list);
  return json_text(result, 2) + '\n';
}

}  // namespace leases::cli
