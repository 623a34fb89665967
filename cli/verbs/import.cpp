#include <memory>
#include <string>

#include "cli/checks/store_directory.h"
#include "cli/command_line/exit_code.h"
#include "cli/command_line/root_only.h"
#include "cli/output/import_report.h"
#include "cli/verbs/verbs.h"
#include "dnsmasq/server_registry.h"
#include "import/follower.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/log.h"

namespace leases::cli {

namespace {

struct ImportOptions {
  bool follow = false;
  bool json = false;
};

void import_once(const Settings& settings, bool as_json) {
  require_store(settings);
  const ImportResult result =
      as_root_or_owner("import", [&] { return import_whole(settings, ImportScope::changed, log_line); });
  print_import(result, as_json);
}

/// So that it can be watched before any server is known. It must belong to the owner of the state directory,
/// whose rights this process has by now.
void make_servers_directory(const Settings& settings) try {
  Directory::open_or_create(settings.state_directory + '/' + kServersDirectory);
} catch (const Error&) {
  // The first server makes it. Until then, only the known files are followed.
}

void follow(const std::string& configuration, bool as_json) {
  const auto import = [as_json](const Settings& settings, bool is_first, const LineSink& report) {
    require_store(settings);
    const ImportResult result = import_whole(settings, ImportScope::changed, report);
    make_servers_directory(settings);
    if (is_first) {
      try {
        print_import(result, as_json);
      } catch (const Error& error) {
        // The import is done even if nobody reads the report.
        report(error.what());
      }
    }
    return result.is_unsettled ? Work::unfinished : Work::done;
  };
  ImportFollower(configuration, import).run();
}

}  // namespace

Verb import_verb(Command leasectl) {
  auto options = std::make_shared<ImportOptions>();
  Command command =
      leasectl.add_command("import", "Import other programs' lease files that changed (as root)");
  command.add_flag("--follow", options->follow, "Import again whenever one of them changes");
  command.add_flag("--json", options->json, "Print a JSON object");
  return {command, [options](const Invocation& invocation) {
            if (options->follow) {
              follow(invocation.settings.path, options->json);
            } else {
              import_once(invocation.settings, options->json);
            }
            return kFound;
          }};
}

}  // namespace leases::cli
