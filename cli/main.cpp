#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command_line.h"
#include "cli/command_line/exit_code.h"
#include "cli/verbs/check.h"
#include "cli/verbs/dump.h"
#include "cli/verbs/export.h"
#include "cli/verbs/forget.h"
#include "cli/verbs/import.h"
#include "cli/verbs/known_hosts.h"
#include "cli/verbs/lease_file.h"
#include "cli/verbs/libvirt_helper.h"
#include "cli/verbs/list.h"
#include "cli/verbs/lookup.h"
#include "cli/verbs/networks.h"
#include "cli/verbs/rebuild.h"
#include "cli/verbs/release.h"
#include "cli/verbs/resolve.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/wait.h"
#include "cli/verbs/watch.h"
#include "paths.h"
#include "store/settings.h"
#include "util/log.h"
#include "util/run_main.h"

namespace {

using namespace leases::cli;

/// The command line. Ansible runs an inventory script with --list or --host NAME and no more, so under the
/// name `leasectl-inventory` the verb goes without saying.
std::vector<std::string> arguments_of(int argc, char** argv) {
  std::vector<std::string> arguments;
  if (argc > 0 && std::string_view(argv[0]).ends_with("leasectl-inventory"))
    arguments = {"export", "ansible"};
  for (int i = 1; i < argc; ++i) arguments.emplace_back(argv[i]);
  return arguments;
}

/// What is wrong with a file that --config names. Without it the standard directories would be meant, and
/// `rebuild` would go to work on them.
std::string config_problem(const std::string& file) {
  if (::access(file.c_str(), F_OK) == 0) return {};
  return '\'' + file + "': " + std::strerror(errno);
}

int run(const std::vector<std::string>& arguments, mode_t umask) {
  CommandLine command_line("leasectl shows the DHCP leases that nss-leases knows.", leases::paths::kVersion);
  Command leasectl = command_line.leasectl();
  leasectl.require_command();
  std::string config;
  leasectl.add_option("--config", config, "Another configuration file (also: NSS_LEASES_CONFIG)")
      .validated_by(config_problem)
      .value("FILE");
  const std::vector<Verb> verbs{
      list_verb(leasectl),           lookup_verb(leasectl),     networks_verb(leasectl),
      resolve_verb(leasectl),        wait_verb(leasectl),       watch_verb(leasectl),
      export_verb(leasectl, umask),  release_verb(leasectl),    forget_verb(leasectl),
      known_hosts_verb(leasectl),    lease_file_verb(leasectl), import_verb(leasectl, config),
      rebuild_verb(leasectl),        dump_verb(leasectl),       check_verb(leasectl, config),
      libvirt_helper_verb(leasectl),
  };
  if (const auto code = command_line.parse(arguments)) return *code;
  const leases::Settings settings = leases::read_settings(leases::settings_path(config));
  for (const std::string& problem : settings.problems) leases::log_line(problem);
  const auto was_chosen = [](const Verb& verb) { return verb.command.was_chosen(); };
  return std::find_if(verbs.begin(), verbs.end(), was_chosen)->run(settings);
}

}  // namespace

int main(int argc, char** argv) {
  return leases::run_main("leasectl", kFailure,
                          [&](mode_t umask) { return run(arguments_of(argc, argv), umask); });
}
