#include <memory>
#include <string>

#include "cli/checks/store_directory.h"
#include "cli/command_line/exit_code.h"
#include "cli/command_line/root_only.h"
#include "cli/output/import_report.h"
#include "cli/verbs/verbs.h"
#include "paths.h"
#include "util/error.h"
#include "util/log.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// A rebuild would make the directory, and an index of nothing. Another instance has a configuration of its
/// own, and begins with an empty directory.
void require_store(const Settings& settings) {
  const std::string& path = settings.state_directory;
  const std::string standard = paths::kStateDirectory;
  if (settings.path != paths::kConfig || path == standard || !was_never_store(path) ||
      !has_status_files(standard))
    return;
  throw Error(path + ": there was never a lease in it, and there are status files in " + standard +
              "; correct state-directory in " + settings.path + ", or stop dnsmasq and move " + standard +
              " there as a whole");
}

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
