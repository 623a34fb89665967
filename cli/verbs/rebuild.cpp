#include <memory>

#include "cli/checks/store_directory.h"
#include "cli/command_line/exit_code.h"
#include "cli/command_line/root_only.h"
#include "cli/output/import_report.h"
#include "cli/verbs/verbs.h"
#include "util/log.h"

namespace leases::cli {

namespace {

int rebuild(const Settings& settings, bool as_json) {
  require_store(settings);
  const ImportResult result =
      as_root_or_owner("rebuild", [&] { return import_whole(settings, ImportScope::everything, log_line); });
  print_import(result, as_json);
  return kFound;
}

}  // namespace

Verb rebuild_verb(Command leasectl) {
  auto json = std::make_shared<bool>(false);
  Command command = leasectl.add_command("rebuild", "Make the index again from the status files (as root)");
  command.add_flag("--json", *json, "Print a JSON object");
  return {command, [json](const Invocation& invocation) { return rebuild(invocation.settings, *json); }};
}

}  // namespace leases::cli
