#include <string>
#include <string_view>

#include "cli/checks/checks.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The parser of TOML writes a line's end as '\\n', whose backslash would be escaped once more.
std::string readable(std::string problem) {
  constexpr std::string_view kLineEnd = R"('\n')";
  for (std::size_t at = 0; (at = problem.find(kLineEnd, at)) != std::string::npos;)
    problem.replace(at, kLineEnd.size(), "the end of the line");
  return printable(problem);
}

}  // namespace

std::vector<Finding> check_configuration(const CheckContext& context) {
  Findings findings("configuration");
  for (const std::string& problem : context.settings.problems)
    findings.problem(readable(problem), LookAt{"man nss-leases.conf"});
  for (const std::string& problem : context.settings.names.problems())
    findings.problem(printable(problem), LookAt{"man nss-leases.conf"});
  if (findings.empty()) findings.ok("nothing is wrong with it");
  return std::move(findings).take();
}

}  // namespace leases::cli
