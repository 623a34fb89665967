#include <sys/stat.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/lookup.h"
#include "cli/rebuild.h"
#include "cli/resolve.h"
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
  bool json = false;

  CLI::App* list_verb = app.add_subcommand("list", "The leases of all networks, or of those named");
  std::vector<std::string> networks;
  list_verb->add_option("NETWORK", networks,
                        "A network: an interface's name, unless the helper was told another");
  list_verb->add_flag("--json", json, "Print a JSON array");

  CLI::App* lookup_verb =
      app.add_subcommand("lookup", "The leases of a host name, an IP address or a MAC address");
  std::string subject;
  lookup_verb->add_option("NAME|ADDRESS|MAC", subject, "What to look up")->required();
  lookup_verb->add_flag("--json", json, "Print a JSON array");

  CLI::App* resolve_verb =
      app.add_subcommand("resolve", "The addresses of many names, out of one state of the index");
  ResolveOptions resolve_options;
  resolve_verb->add_option(
      "NAME", resolve_options.subjects,
      "A name or range like ci-[000-255].lab; none, or -: a line each from standard input");
  resolve_verb->add_flag("--reverse", resolve_options.reverse, "Addresses are given and names are wanted");
  resolve_verb->add_flag("--missing", resolve_options.missing, "Print what is not found instead of what is");
  auto* fold =
      resolve_verb->add_flag("--fold", resolve_options.fold, "Print names only, written together as ranges");
  resolve_verb->add_flag("--json", resolve_options.json, "Print JSON Lines")->excludes(fold);

  const CLI::App* rebuild_verb =
      app.add_subcommand("rebuild", "Make the index anew from the status files (as root)");

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
  const Format format = json ? Format::json : Format::table;
  if (rebuild_verb->parsed()) return rebuild(settings);
  if (resolve_verb->parsed()) return resolve(settings, resolve_options);
  return list_verb->parsed() ? list(settings, networks, format) : lookup(settings, subject, format);
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
