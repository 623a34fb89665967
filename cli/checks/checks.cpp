#include "cli/checks/checks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "util/error.h"
#include "util/escaped_text.h"

namespace leases::cli {

std::vector<Finding> run_checks(const CheckContext& context, const std::vector<std::string>& names) {
  std::vector<Finding> all;
  const auto append = [&](std::vector<Finding> found) { std::ranges::move(found, std::back_inserter(all)); };
  for (const Check& check : kChecks) {
    try {
      append(check.run(context));
    } catch (const Error& error) {
      Findings failed(check.topic);
      failed.problem(printable(error.what()));
      append(std::move(failed).take());
    }
  }
  if (!names.empty()) append(check_names(context, names));
  return all;
}

}  // namespace leases::cli
