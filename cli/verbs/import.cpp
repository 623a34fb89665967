#include <memory>
#include <string>

#include "cli/command_line/exit_code.h"
#include "cli/output/import_report.h"
#include "cli/verbs/verbs.h"
#include "dnsmasq/server_registry.h"
#include "import/follower.h"
#include "util/file.h"
#include "util/log.h"

namespace leases::cli {

namespace {

struct Options {
  bool follow = false;
  bool json = false;
};

void import_once(const Settings& settings, bool as_json) {
  print_import(import_whole(settings, ImportScope::changed, log_line), as_json);
}

/// It can be watched before any server is known. Its owner has to be that of the state directory, which this
/// process is by now.
void make_servers_directory(const Settings& settings) try {
  Directory::open_or_create(settings.state_directory + '/' + kServersDirectory);
} catch (const Error&) {
  // It is made with the first server; until then only the files that are known are followed.
}

void follow(const std::string& configuration, bool as_json) {
  const auto import = [as_json](const Settings& settings, bool is_first, const LineSink& tell) {
    const ImportResult result = import_whole(settings, ImportScope::changed, tell);
    make_servers_directory(settings);
    if (is_first) {
      try {
        print_import(result, as_json);
      } catch (const Error& error) {
        // That nobody reads it is no reason to import once more.
        tell(error.what());
      }
    }
    return result.is_unsettled ? Work::unfinished : Work::done;
  };
  ImportFollower(configuration, import).run();
}

}  // namespace

Verb import_verb(Command leasectl) {
  auto options = std::make_shared<Options>();
  Command command = leasectl.add_command("import", "Take over what changed in the files of others (as root)");
  command.add_flag("--follow", options->follow, "Go on whenever one of them changes");
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
