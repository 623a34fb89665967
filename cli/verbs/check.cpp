#include "cli/verbs/check.h"

#include <memory>
#include <string>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/finding_text.h"
#include "cli/command_line/exit_code.h"
#include "cli/output/standard_output.h"

namespace leases::cli {

namespace {

struct Options {
  std::string name;
  bool json = false;
};

int check(const CheckContext& context, const Options& options) {
  const std::vector<Finding> findings = run_checks(context, options.name);
  Output output;
  output.text() = options.json ? json_of(findings) : text_of(findings);
  output.flush();
  return all_well(findings) ? kFound : kNotFound;
}

}  // namespace

Verb check_verb(Command leasectl, const std::string& config) {
  auto options = std::make_shared<Options>();
  Command command = leasectl.add_command("check", "Why a name does not resolve, and what mends it");
  command.add_option("NAME", options->name, "A host name, or an address that is leased");
  command.add_flag("--json", options->json, "Print a JSON object");
  return {command, [options, &config](const Settings& settings) {
            const Settings with_hosts = with_hosts_files(settings);
            return check(CheckContext{with_hosts, settings_path(config)}, *options);
          }};
}

}  // namespace leases::cli
