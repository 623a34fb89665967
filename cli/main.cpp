#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/check.h"
#include "cli/dump.h"
#include "cli/exit_code.h"
#include "cli/export.h"
#include "cli/known_hosts.h"
#include "cli/libvirt_helper.h"
#include "cli/list.h"
#include "cli/lookup.h"
#include "cli/networks.h"
#include "cli/rebuild.h"
#include "cli/release.h"
#include "cli/resolve.h"
#include "cli/verb.h"
#include "cli/wait.h"
#include "cli/watch.h"
#include "helper/settings.h"
#include "paths.h"

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

int run(const std::vector<std::string>& arguments) {
  CLI::App app("leasectl shows the DHCP leases that nss-leases knows.", "leasectl");
  app.set_version_flag("--version", std::string("leasectl ") + leases::paths::kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  std::string config;
  app.add_option("--config", config, "Another configuration file (also: NSS_LEASES_CONFIG)")
      ->type_name("FILE");
  const std::vector<Verb> verbs{
      list_verb(app),  lookup_verb(app), networks_verb(app),       resolve_verb(app),     wait_verb(app),
      watch_verb(app), export_verb(app), release_verb(app),        known_hosts_verb(app), rebuild_verb(app),
      dump_verb(app),  check_verb(app),  libvirt_helper_verb(app),
  };

  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::RequiredError& error) {
    const auto verbs_of_that_name = [&](const CLI::App* verb) { return verb->get_name() == arguments[0]; };
    if (!arguments.empty() && !arguments[0].starts_with('-') &&
        app.get_subcommands(verbs_of_that_name).empty()) {
      std::cerr << "leasectl: there is no verb '" << arguments[0] << "'; see leasectl --help\n";
      return kUsage;
    }
    app.exit(error);
    return kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kFound : kUsage;
  }
  const leases::Settings settings = leases::read_settings(leases::settings_path(config));
  for (const std::string& problem : settings.problems) std::cerr << "leasectl: " << problem << '\n';
  const auto is_meant = [](const Verb& verb) { return verb.command->parsed(); };
  return std::find_if(verbs.begin(), verbs.end(), is_meant)->run(settings);
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(022);
  // A limit on the size of files (RLIMIT_FSIZE) is an error like a full disk.
  ::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(arguments_of(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "leasectl: " << error.what() << '\n';
    return kNoIndex;
  }
}
