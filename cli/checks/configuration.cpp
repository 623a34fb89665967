#include "cli/checks/checks.h"
#include "util/words.h"

namespace leases::cli {

std::vector<Finding> check_configuration(const CheckContext& context) {
  Findings findings("configuration");
  for (const std::string& problem : context.settings.problems)
    findings.problem(printable(problem), LookAt{"man nss-leases.conf"});
  for (const std::string& problem : context.settings.names.problems())
    findings.problem(printable(problem), LookAt{"man nss-leases.conf"});
  if (findings.empty()) findings.ok("nothing is wrong with it");
  return std::move(findings).take();
}

}  // namespace leases::cli
