#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/root_only.h"
#include "cli/names/lease_query.h"
#include "cli/names/network_choice.h"
#include "cli/output/json_text.h"
#include "cli/output/lease_output.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "dnsmasq/server_registry.h"
#include "import/importer.h"
#include "store/index_reader.h"
#include "store/network_name.h"
#include "store/server_duid.h"
#include "store/transaction.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

namespace {

using Json = nlohmann::ordered_json;

struct ForgetOptions {
  std::vector<std::string> subjects;
  bool all = false;
  bool json = false;
};

/// A copy of a lease that was found, as it will be reported: the texts of a Lease change with the index.
struct FoundLease {
  std::string network;
  IpAddress address;
  std::string source;
  std::string text;
  Json json;
};

/// The networks and leases to forget.
struct Targets {
  std::set<std::string> networks;
  std::vector<FoundLease> leases;

  void add(const FoundLease& lease) {
    const auto is_same = [&](const FoundLease& other) {
      return other.network == lease.network && other.address == lease.address;
    };
    if (std::ranges::none_of(leases, is_same)) leases.push_back(lease);
  }
};

/// The networks that have something in the state directory: a status file, a server, or a server's DUID.
std::set<std::string> networks_of_files(const Settings& settings) {
  std::set<std::string> networks;
  const auto directory = Directory::open_existing(settings.state_directory);
  if (!directory) return networks;
  for (std::string& network : networks_in(*directory)) networks.insert(std::move(network));
  const ServerRegistry registry = ServerRegistry::read(*directory);
  for (const KnownServer& known : registry.servers()) {
    for (const ServedNetwork& network : known.networks) {
      if (!known.server.is_of_libvirt()) networks.insert(network.name);
    }
  }
  for (const std::string& file : directory->names()) {
    const std::string network = file.substr(0, file.size() - std::min(file.size(), kDuidSuffix.size()));
    if (file.ends_with(kDuidSuffix) && is_network_name(network)) networks.insert(network);
  }
  return networks;
}

/// Finds the leases and networks that the words of the command line mean, and reports those to keep.
class Subjects {
 public:
  Subjects(const Settings& settings, const ForgetOptions& options)
      : settings_(settings), options_(options), reader_(settings), networks_(networks_of_files(settings)) {}

  void add(const std::string& word) {
    const std::vector<FoundLease> leases = found(leases_typed(reader_, settings_, word));
    const std::string network = network_named(word);
    const std::vector<FoundLease> in_network = leases_in(network);
    const bool is_own_network = networks_.contains(network);
    const bool is_network = is_own_network || !in_network.empty();
    if (leases.empty() && !is_network) {
      log_line("nothing is leased to '" + word + "', and no network has that name");
      all_forgotten_ = false;
    } else if (!options_.all && !leases.empty() && (is_network || leases.size() > 1)) {
      disambiguate(word, leases, is_network);
    } else {
      for (const FoundLease& lease : leases) take(lease);
      for (const FoundLease& lease : in_network) take(lease);
      if (is_own_network) targets_.networks.insert(network);
    }
  }

  [[nodiscard]] Targets& targets() { return targets_; }
  /// Whether every word meant something, and all of it can be forgotten.
  [[nodiscard]] bool all_forgotten() const { return all_forgotten_; }
  /// The JSON of those to keep.
  [[nodiscard]] Json& kept() { return kept_; }

 private:
  [[nodiscard]] std::vector<FoundLease> found(const std::vector<Lease>& leases) const {
    std::vector<FoundLease> all;
    all.reserve(leases.size());
    for (const Lease& lease : leases) {
      all.push_back({std::string(lease.network), lease.address, std::string(lease.source), one_line(lease),
                     json_of(lease, subnets_)});
    }
    return all;
  }

  [[nodiscard]] std::string network_named(const std::string& word) const {
    std::vector<std::string_view> known = reader_.networks();
    known.insert(known.end(), networks_.begin(), networks_.end());
    NetworkChoice choice{{word}};
    choice.take_libvirts(known, settings_);
    return choice.names.front();
  }

  [[nodiscard]] std::vector<FoundLease> leases_in(const std::string& network) const {
    std::vector<Lease> leases;
    reader_.view().for_each_lease([&](const Lease& lease) {
      if (lease.network == network) leases.push_back(lease);
    });
    return found(leases);
  }

  /// Keeps the leases of an ambiguous word and lists them.
  void disambiguate(const std::string& word, const std::vector<FoundLease>& leases, bool is_network) {
    all_forgotten_ = false;
    log_line(is_network
                 ? "'" + word +
                       "' is a network and has these leases, too; name a lease by its address, or "
                       "forget the network and the leases with --all:"
                 : "'" + word + "' has several leases; name one by its address, or forget all with --all:");
    for (const FoundLease& lease : leases) {
      std::cerr << "  " << lease.text << '\n';
      kept_.push_back({{"outcome", "kept"}, {"lease", lease.json}});
    }
  }

  void take(const FoundLease& lease) {
    if (lease.source.empty()) {
      targets_.add(lease);
      return;
    }
    all_forgotten_ = false;
    log_line(escaped(lease.source) + " has this lease; to forget it, remove it from there: " + lease.text);
    kept_.push_back({{"outcome", "in-source"}, {"file", lease.source}, {"lease", lease.json}});
  }

  const Settings& settings_;
  const ForgetOptions& options_;
  const IndexReader reader_;
  const LocalSubnets subnets_;
  const std::set<std::string> networks_;  ///< of our own files
  Targets targets_;
  Json kept_ = Json::array();
  bool all_forgotten_ = true;
};

/// Removes the leases before the files: a status file that is missing while the index has leases from it
/// counts as removed by mistake, and is written again.
void forget_networks(StoreTransaction& store, const std::set<std::string>& networks) {
  if (networks.empty()) return;
  store.rewrite(networks, {});
  const Directory& directory = store.state_directory();
  ServerRegistry registry = ServerRegistry::read(directory);
  for (const std::string& network : networks) {
    directory.remove_if_there(status_name(network));
    directory.remove_if_there(network + std::string(kDuidSuffix));
    registry.forget(network);
  }
  directory.sync();
  if (registry.is_changed()) registry.write(directory);
}

/// Removes from `targets` what no longer existed. False, with nothing done, if the index is not up to date
/// with the files.
bool forget_current(const Settings& settings, Targets& targets, std::string& index_problem) {
  StoreTransaction store(settings, StoreMode::import, {{}, log_line});
  const auto is_current = [&](const std::string& network) { return store.is_current(network); };
  if (!std::ranges::all_of(targets.networks, is_current) ||
      !std::ranges::all_of(targets.leases, is_current, &FoundLease::network))
    return false;
  std::erase_if(targets.leases, [&](const FoundLease& lease) {
    return !targets.networks.contains(lease.network) && !store.remove(lease.network, lease.address);
  });
  forget_networks(store, targets.networks);
  index_problem = store.index_problem();
  return true;
}

void forget_all(const Settings& settings, Targets& targets) {
  constexpr int kAttempts = 3;
  std::string index_problem;
  for (int attempt = 1; !forget_current(settings, targets, index_problem); ++attempt) {
    if (attempt == kAttempts)
      throw Error(settings.state_directory +
                  ": another program keeps changing the status files; nothing was forgotten; try again");
    import_files(settings, ImportScope::changed, log_line);
  }
  if (!index_problem.empty()) log_line(index_problem);
  // The index still has the networks, without leases.
  if (!targets.networks.empty()) import_files(settings, ImportScope::changed, log_line);
}

std::string targets_json(const Targets& forgotten, const Json& kept) {
  Json list = Json::array();
  for (const FoundLease& lease : forgotten.leases)
    list.push_back({{"outcome", "forgotten"}, {"lease", lease.json}});
  for (const std::string& network : forgotten.networks)
    list.push_back({{"outcome", "forgotten"}, {"network", network}});
  list.insert(list.end(), kept.begin(), kept.end());
  return json_text(list, 2) + '\n';
}

std::string lines_of(const Targets& forgotten) {
  std::string lines;
  for (const FoundLease& lease : forgotten.leases) lines += "forgot " + lease.text + '\n';
  for (const std::string& network : forgotten.networks)
    lines += "forgot the network " + escaped(network) + '\n';
  return lines;
}

int forget(const Settings& settings, const ForgetOptions& options) {
  require_root("forget");
  import_files(settings, ImportScope::changed, log_line);
  Subjects subjects(settings, options);
  for (const std::string& word : options.subjects) subjects.add(word);
  Targets& targets = subjects.targets();
  if (!targets.leases.empty() || !targets.networks.empty()) forget_all(settings, targets);
  print(options.json ? targets_json(targets, subjects.kept()) : lines_of(targets));
  return subjects.all_forgotten() ? kFound : kNotFound;
}

}  // namespace

Verb forget_verb(Command leasectl) {
  auto options = std::make_shared<ForgetOptions>();
  Command command = leasectl.add_command("forget", "Drop leases that nothing will ever end (as root)");
  command
      .add_option("NAME|ADDRESS|MAC|NETWORK", options->subjects,
                  "Whose lease to forget, or a network with all its leases")
      .required();
  command.add_flag("--all", options->all, "All leases of a name or address, and the network of that name");
  command.add_flag("--json", options->json, "Print a JSON array: what became of each lease");
  return {command, [options](const Invocation& invocation) { return forget(invocation.settings, *options); }};
}

}  // namespace leases::cli
