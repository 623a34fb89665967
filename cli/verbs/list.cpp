#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/names/network_choice.h"
#include "cli/output/lease_output.h"
#include "cli/verbs/verbs.h"
#include "common/host_name.h"
#include "store/index_reader.h"
#include "store/overlay.h"
#include "util/log.h"

namespace leases::cli {

namespace {

struct ListOptions {
  NetworkChoice networks;
  std::string guest;  ///< a name in a MAC map: only its leases; empty: all
  OutputOptions output;
};

/// Whether a MAC map has a guest of this name, which need not have a lease. Logs it if none has.
bool is_guest(const IndexReader& reader, const std::string& name) {
  const std::vector<GuestInIndex> guests = guests_of(reader.view());
  if (std::ranges::any_of(guests, [&](const GuestInIndex& guest) { return equal_folded(guest.name, name); }))
    return true;
  log_line("no MAC map has a guest '" + name + "'");
  return false;
}

int list(const Settings& settings, ListOptions& options) {
  const IndexReader reader(settings);
  if (!options.networks.settle(reader.networks(), settings) ||
      (!options.guest.empty() && !is_guest(reader, options.guest))) {
    if (options.output.json) print_leases({}, options.output);
    return kNotFound;
  }
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    return !options.networks.has(lease.network) ||
           (!options.guest.empty() && !equal_folded(lease.guest_name, options.guest));
  });
  print_leases(leases, options.output);
  return kFound;
}

}  // namespace

Verb list_verb(Command leasectl) {
  auto options = std::make_shared<ListOptions>();
  Command command = leasectl.add_command("list", "The leases of all networks, or of those named");
  command.add_option(
      "NETWORK", options->networks.names,
      "A network: the name of its interface, unless the helper was given another, or libvirt's name");
  command.add_option("--guest", options->guest, "Only leases of this guest: for libvirt, the domain")
      .value("GUEST");
  add_output_options(command, options->output, "Print a JSON array");
  add_long_option(command, options->output);
  return {command, [options](const Invocation& invocation) { return list(invocation.settings, *options); }};
}

}  // namespace leases::cli
