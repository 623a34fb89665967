#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/names/refused_guest.h"
#include "cli/output/lease_form.h"
#include "cli/output/lease_output.h"
#include "cli/selection/lease_order.h"
#include "cli/selection/lease_selection.h"
#include "cli/verbs/verbs.h"
#include "common/host_name.h"
#include "store/index_reader.h"
#include "store/overlay.h"
#include "util/clock.h"
#include "util/local_subnets.h"
#include "util/log.h"

namespace leases::cli {

namespace {

struct ListOptions {
  LeaseSelection selection;
  LeaseOrder order;
  OutputOptions output;
  LeaseForm form;
};

/// Whether a MAC map has a guest of this name, which need not have a lease. Logs it if none has, or if none
/// of its leases is known.
bool is_guest(const IndexReader& reader, const Settings& settings, const std::string& name) {
  const std::vector<GuestInIndex> guests = guests_of(reader.view());
  if (std::ranges::none_of(guests,
                           [&](const GuestInIndex& guest) { return equal_folded(guest.name, name); })) {
    log_line("no MAC map has a guest '" + name + "'");
    return false;
  }
  const std::string refused = refused_guest(with_own_names(settings).names, name);
  if (!refused.empty()) log_line(refused);
  return refused.empty();
}

int list(const Settings& settings, ListOptions& options) {
  const IndexReader reader(settings);
  LeaseSelection& selection = options.selection;
  if (!selection.networks.settle(reader.networks(), settings) ||
      (!selection.guest.empty() && !is_guest(reader, settings, selection.guest))) {
    if (options.output.json) print_leases({}, options.output);
    return kNotFound;
  }
  std::vector<Lease> leases = reader.live_and_reserved();
  std::erase_if(leases, [&, present = now()](const Lease& lease) { return !selection.has(lease, present); });
  options.order.sort(leases, LocalSubnets());
  print_leases(leases, options.output, options.form);
  return kFound;
}

}  // namespace

Verb list_verb(Command leasectl) {
  auto options = std::make_shared<ListOptions>();
  Command command = leasectl.add_command("list", "The leases of all networks, or of those named");
  command.add_option(
      "NETWORK", options->selection.networks.names,
      "A network: the name of its interface, unless the helper was given another, or libvirt's name");
  add_selection_options(command, options->selection);
  options->order.add_option(command);
  const Option json = add_output_options(command, options->output, "Print a JSON array");
  add_long_option(command, options->output);
  add_lease_form(command, options->form, json);
  return {command, [options](const Invocation& invocation) { return list(invocation.settings, *options); }};
}

}  // namespace leases::cli
