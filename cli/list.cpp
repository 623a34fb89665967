#include "cli/list.h"

#include <iostream>
#include <memory>
#include <vector>

#include "cli/exit_code.h"
#include "cli/index_reader.h"
#include "cli/lease_output.h"
#include "cli/network_choice.h"

namespace leases::cli {

namespace {

struct Options {
  NetworkChoice networks;
  OutputOptions output;
};

int list(const Settings& settings, const Options& options) {
  const IndexReader reader(settings);
  if (!options.networks.is_among(reader.networks())) return kNotFound;
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) { return !options.networks.has(lease.network); });
  print_leases(std::cout, leases, options.output);
  return kFound;
}

}  // namespace

Verb list_verb(Command leasectl) {
  auto options = std::make_shared<Options>();
  Command command = leasectl.add_command("list", "The leases of all networks, or of those named");
  command.add_option("NETWORK", options->networks.names,
                     "A network: an interface's name, unless the helper was told another");
  add_output_options(command, options->output, "Print a JSON array");
  return {command, [options](const Settings& settings) { return list(settings, *options); }};
}

}  // namespace leases::cli
