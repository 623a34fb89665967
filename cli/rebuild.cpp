#include "cli/rebuild.h"

#include <memory>
#include <string>

#include "cli/complaint.h"
#include "cli/exit_code.h"
#include "cli/import_report.h"

namespace leases::cli {

namespace {

int rebuild(const Settings& settings, bool as_json) {
  print_import(import_whole(settings, ImportScope::everything, complain), as_json);
  return kFound;
}

}  // namespace

Verb rebuild_verb(Command leasectl) {
  auto json = std::make_shared<bool>(false);
  Command command = leasectl.add_command("rebuild", "Make the index anew from the status files (as root)");
  command.add_flag("--json", *json, "Print a JSON object");
  return {command, [json](const Settings& settings) { return rebuild(settings, *json); }};
}

}  // namespace leases::cli
