#include <iostream>

#include "cli/checks/checks.h"
#include "cli/checks/finding_text.h"
#include "store/settings.h"

/// What `leasectl check` says of the module, as JSON, if nss-leases was built to install it at the path that
/// is the argument.
int main(int count, char** arguments) {
  using namespace leases;
  if (count != 2) return 2;
  const Settings settings = read_settings(paths::kConfig);
  cli::CheckContext context{settings, settings.path};
  context.module = arguments[1];
  const auto findings = cli::check_module(context);
  std::cout << cli::json_of(findings);
  return cli::all_well(findings) ? 0 : 1;
}
