#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/checks/helper_users.h"
#include "cli/checks/store_directory.h"
#include "cli/command_line/exit_code.h"
#include "cli/command_line/not_empty.h"
#include "cli/command_line/root_only.h"
#include "cli/lease_file/handover.h"
#include "cli/lease_file/lease_file_place.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "dnsmasq/server_registry.h"
#include "import/server_lease_files.h"
#include "store/network_name.h"
#include "util/directory.h"
#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

namespace {

struct TakeOptions {
  std::string file;
  std::string network;
};

std::vector<std::string> files_to_take(const Settings& settings, const std::string& named) {
  if (!named.empty()) return {path_of(lease_file_place(named))};
  std::vector<std::string> files = server_lease_files(settings);
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.empty()) files.push_back(path_of(lease_file_place(kStandardLeaseFile)));
  return files;
}

/// A dnsmasq that kept its leases in the file before, but runs with leasefile-ro now: the helper's are newer.
const KnownServer* server_that_left(const ServerRegistry& registry, const std::string& file) {
  const auto found = std::ranges::find_if(registry.servers(), [&](const KnownServer& known) {
    return known.server.leases.kind == LeaseDatabase::Kind::helper && known.server.leases.file == file &&
           is_running(known.server.process);
  });
  return found == registry.servers().end() ? nullptr : &*found;
}

std::string sentence(const std::string& file, const TakenLeases& taken) {
  const std::size_t all = taken.taken + taken.renewed;
  std::string text = "took " + std::to_string(all) + " of the " + std::to_string(taken.rows) +
                     (taken.rows == 1 ? " lease in " : " leases in ") + escaped(file);
  if (all > 0) {
    text += " (" + std::to_string(taken.taken) + " new, " + std::to_string(taken.renewed) + " renewed)";
  } else if (taken.rows > 0) {
    text += ": all were known";
  }
  return text + '\n';
}

int take(const Settings& settings, const TakeOptions& options) {
  require_root("lease-file take");
  require_store(settings);
  const auto directory = Directory::open_existing(settings.state_directory);
  const ServerRegistry registry = directory ? ServerRegistry::read(*directory) : ServerRegistry();
  const std::vector<std::string> files = files_to_take(settings, options.file);
  for (const std::string& file : files) {
    const KnownServer* server = server_that_left(registry, file);
    if (server == nullptr) continue;
    log_line("dnsmasq (process " + std::to_string(server->server.process.id) +
             ") runs with leasefile-ro and does not write " + escaped(file) +
             " any more; its leases were taken when that dnsmasq started");
    return kNotFound;
  }
  for (const std::string& file : files) {
    const TakeOver request{file, options.network, !options.file.empty()};
    print(sentence(file, take_over_lease_file(settings, request, log_line)));
  }
  print("next: add leasefile-ro to dnsmasq's configuration and restart dnsmasq\n");
  return kFound;
}

std::string sentence(const HelperUser& user) {
  const std::string place =
      user.script_file.empty() ? "on its command line" : "in " + printable(user.script_file);
  return user.name + " has the helper as dhcp-script " + place +
         (user.has_lease_file() ? "; its leases are in " + printable(user.lease_file)
                                : " and leasefile-ro: the helper alone has its leases") +
         '\n';
}

int show_status(const Settings& settings) {
  Findings strangers("dnsmasq");
  Findings unread("dnsmasq");
  const std::vector<HelperUser> users = helper_users(CheckContext{settings, {}}, strangers, unread);
  const std::vector<Finding> unjudged = std::move(unread).take();
  for (const Finding& finding : std::move(strangers).take()) log_line(finding.text);
  for (const Finding& finding : unjudged) log_line(finding.text);
  std::string text;
  for (const HelperUser& user : users) text += sentence(user);
  if (text.empty() && unjudged.empty()) text = "no dnsmasq has the helper as dhcp-script\n";
  print(text);
  if (!std::ranges::all_of(users, &HelperUser::has_lease_file)) return kNotFound;
  return unjudged.empty() ? kFound : kFailure;
}

std::string problem_of_network(const std::string& name) {
  return is_network_name(name) ? std::string() : "'" + name + "' cannot be the name of a network";
}

}  // namespace

Verb lease_file_verb(Command leasectl) {
  Command command =
      leasectl.add_command("lease-file", "From dnsmasq's own lease file to leasefile-ro, or back (as root)");
  command.require_command();
  Command taking =
      command.add_command("take", "Take over the leases in dnsmasq's lease file, for leasefile-ro");
  auto take_options = std::make_shared<TakeOptions>();
  taking.add_option("FILE", take_options->file, "dnsmasq's lease file, if it is not the known one")
      .validated_by(not_empty);
  taking.add_option("--network", take_options->network, "The network of leases that are new here")
      .validated_by(problem_of_network)
      .value("NETWORK");
  Command giving = command.add_command("give", "Write dnsmasq's lease file, to run without leasefile-ro");
  auto request = std::make_shared<HandoverRequest>();
  giving.add_option("FILE", request->file, "dnsmasq's lease file, if it is not the one it had before")
      .validated_by(not_empty);
  giving.add_option("--network", request->networks, "Only this network's leases (may be repeated)")
      .validated_by(not_empty)
      .value("NETWORK");
  const Command status =
      command.add_command("status", "Where each dnsmasq that runs the helper has its leases");
  return {command, [taking, take_options, status, request](const Invocation& invocation) {
            if (status.was_chosen()) return show_status(invocation.settings);
            if (taking.was_chosen()) return take(invocation.settings, *take_options);
            require_root("lease-file give");
            return hand_over_leases(invocation.settings, *request);
          }};
}

}  // namespace leases::cli
