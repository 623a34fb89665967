#include <memory>
#include <string>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/finding_text.h"
#include "cli/command_line/exit_code.h"
#include "cli/output/standard_output.h"
#include "cli/output/text_style.h"
#include "cli/verbs/verbs.h"

namespace leases::cli {

namespace {

struct CheckOptions {
  std::string name;
  OutputOptions output;
};

int check(const CheckContext& context, const CheckOptions& options) {
  const std::vector<Finding> findings = run_checks(context, options.name);
  const TextStyle style = TextStyle::of_standard_output(options.output);
  if (options.output.json) {
    print(json_of(findings));
  } else {
    print(style.for_terminal ? text_for_terminal(findings, style.color) : text_of(findings, style.color));
  }
  return all_well(findings) ? kFound : kNotFound;
}

}  // namespace

Verb check_verb(Command leasectl) {
  auto options = std::make_shared<CheckOptions>();
  Command command = leasectl.add_command("check", "Why a name does not resolve, and what fixes it");
  command.add_option("NAME", options->name, "A host name, or an address that is leased");
  add_output_options(command, options->output, "Print a JSON object");
  return {command, [options](const Invocation& invocation) {
            const Settings with_hosts = with_hosts_files(invocation.settings);
            return check(CheckContext{with_hosts, invocation.settings.path}, *options);
          }};
}

}  // namespace leases::cli
