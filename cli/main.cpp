#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/check.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/lookup.h"
#include "cli/rebuild.h"
#include "cli/resolve.h"
#include "cli/verb.h"
#include "helper/settings.h"
#include "paths.h"

namespace {

using namespace leases::cli;

int run(int argc, char** argv) {
  CLI::App app("leasectl shows the DHCP leases that nss-leases knows.", "leasectl");
  app.set_version_flag("--version", std::string("leasectl ") + leases::paths::kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  std::string config;
  app.add_option("--config", config, "Another configuration file (also: NSS_LEASES_CONFIG)")
      ->type_name("FILE");
  const std::vector<Verb> verbs{
      list_verb(app), lookup_verb(app), resolve_verb(app), rebuild_verb(app), check_verb(app),
  };

  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const auto verbs_of_that_name = [&](const CLI::App* verb) { return verb->get_name() == argv[1]; };
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(verbs_of_that_name).empty()) {
      std::cerr << "leasectl: there is no verb '" << argv[1] << "'; see leasectl --help\n";
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
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "leasectl: " << error.what() << '\n';
    return kNoIndex;
  }
}
