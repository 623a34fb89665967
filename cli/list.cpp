#include "cli/list.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/index_reader.h"
#include "cli/lease_output.h"

namespace leases::cli {

namespace {

int list(const Settings& settings, const std::vector<std::string>& networks, Format format) {
  const IndexReader reader(settings);
  const auto known = reader.networks();
  for (const std::string& network : networks) {
    if (std::find(known.begin(), known.end(), network) != known.end()) continue;
    std::cerr << "leasectl: there is no network '" << network
              << (known.empty() ? "'; there are none yet" : "'; there are:");
    for (const std::string_view name : known) std::cerr << ' ' << name;
    std::cerr << '\n';
    return kNotFound;
  }
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    return !networks.empty() && std::find(networks.begin(), networks.end(), lease.network) == networks.end();
  });
  print_leases(std::cout, leases, format);
  return kFound;
}

struct Options {
  std::vector<std::string> networks;
  bool json = false;
};

}  // namespace

Verb list_verb(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "The leases of all networks, or of those named");
  command->add_option("NETWORK", options->networks,
                      "A network: an interface's name, unless the helper was told another");
  command->add_flag("--json", options->json, "Print a JSON array");
  return {command, [options](const Settings& settings) {
            return list(settings, options->networks, options->json ? Format::json : Format::table);
          }};
}

}  // namespace leases::cli
