#include "cli/lease_file/handover.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include "cli/command_line/exit_code.h"
#include "cli/lease_file/lease_file_place.h"
#include "cli/names/network_choice.h"
#include "cli/output/standard_output.h"
#include "dnsmasq/server_registry.h"
#include "import/importer.h"
#include "store/index_reader.h"
#include "store/init_stream.h"
#include "store/server_duid.h"
#include "store/source_place.h"
#include "store/status_file.h"
#include "store/transaction.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/log.h"
#include "util/output_file.h"
#include "util/process.h"

namespace leases::cli {

namespace {

using Servers = std::vector<KnownServer>;

/// A dnsmasq that has just been stopped still runs the helper for events in its queue.
constexpr std::chrono::seconds kForQueue(3);

constexpr mode_t kModeOfNewFile = 0644;

/// The servers of the networks in the choice, except libvirt's.
Servers servers_of(const ServerRegistry& registry, const NetworkChoice& networks) {
  Servers servers = registry.servers();
  std::erase_if(servers, [&](const KnownServer& known) {
    return known.server.is_of_libvirt() ||
           std::ranges::none_of(known.networks,
                                [&](const ServedNetwork& network) { return networks.has(network.name); });
  });
  return servers;
}

std::string names_of(const KnownServer& known) {
  std::string names;
  for (const ServedNetwork& network : known.networks)
    names += (names.empty() ? "" : ", ") + escaped(network.name);
  return names;
}

/// The lease file of all these servers, or the standard one. Nothing if they had several.
std::optional<std::string> file_of(const Servers& servers) {
  std::set<std::string> files;
  for (const KnownServer& known : servers) {
    if (!known.server.leases.file.empty()) files.insert(known.server.leases.file);
  }
  if (files.size() > 1) return {};
  return files.empty() ? kStandardLeaseFile : *files.begin();
}

const KnownServer* running_one(const Servers& servers) {
  const auto deadline = std::chrono::steady_clock::now() + kForQueue;
  for (;;) {
    const auto found = std::ranges::find_if(
        servers, [](const KnownServer& known) { return is_running(known.server.process); });
    if (found == servers.end()) return nullptr;
    if (std::chrono::steady_clock::now() > deadline) return &*found;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// In a child, since an import gives up rights that this process needs to write the file.
void import_separately(const Settings& settings) {
  const auto import = [&](const LineSink& report) {
    import_files(settings, ImportScope::changed, report);
    return Work::done;
  };
  constexpr int kNothingStopsIt = -1;
  if (run_in_child(import, kNothingStopsIt, log_line) != Work::done)
    throw Error("lease-file give: nothing was written, since the import failed; see above");
}

/// The output of `leaseshelper init` for these networks.
std::string stream_of(const Settings& settings, const Directory& directory,
                      const std::vector<std::string>& networks) {
  const IndexReader reader(settings);
  std::vector<Lease> leases;
  reader.view().for_each_lease([&](const Lease& lease) {
    if (lease.source.empty() && std::ranges::find(networks, lease.network) != networks.end())
      leases.push_back(lease);
  });
  std::ranges::sort(leases, changed_before);
  std::vector<std::uint8_t> server_duid;
  for (const std::string& network : networks) {
    if (server_duid.empty()) server_duid = read_server_duid(directory, network);
  }
  return init_stream(leases, now(), server_duid);
}

std::size_t rows_in(const std::string& stream) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(stream, '\n'));
  const bool has_duid = stream.starts_with("duid ") || stream.find("\nduid ") != std::string::npos;
  return lines - (has_duid ? 1 : 0);
}

void write(const SourcePlace& place, const std::string& stream, const std::vector<std::string>& networks) {
  const std::string path = path_of(place);
  std::string before;
  if (place.status) {
    if (!S_ISREG(place.status->st_mode)) throw Error(path + ": not a regular file; name another");
    before = place.directory->path_of(set_damaged_aside(*place.directory, place.name, "before"));
  }
  replace_file(path, stream, kModeOfNewFile);
  const std::size_t rows = rows_in(stream);
  std::string text = "wrote " + std::to_string(rows) + (rows == 1 ? " lease of " : " leases of ");
  for (const std::string& network : networks)
    text += (network == networks.front() ? "" : ", ") + escaped(network);
  text += " to " + escaped(path);
  if (!before.empty()) text += "; the file that was there is " + escaped(before);
  print(
      text +
      "\nnext: take leasefile-ro out of dnsmasq's configuration, check that its dhcp-leasefile is this file, "
      "and start dnsmasq\n");
}

int refuse(const std::string& line) {
  log_line(line);
  return kNotFound;
}

int refuse_choice(const Servers& servers) {
  std::string line = "several dnsmasqs have leases here; choose one with --network:";
  for (const KnownServer& known : servers) line += ' ' + names_of(known) + ';';
  line.back() = '.';
  return refuse(line);
}

int refuse_running(const KnownServer& running) {
  return refuse("dnsmasq (process " + std::to_string(running.server.process.id) + "), which serves " +
                names_of(running) + ", runs and would not read the file; stop dnsmasq first");
}

int refuse_open(pid_t holder, const std::string& file) {
  return refuse("dnsmasq (process " + std::to_string(holder) + ") has " + escaped(file) +
                " open and would overwrite it; stop dnsmasq first");
}

/// Whether one of the servers kept its leases in a file until it stopped.
bool is_kept_in(const Servers& servers, const std::string& file) {
  return std::ranges::any_of(servers, [&](const KnownServer& known) {
    return known.server.leases.kind == LeaseDatabase::Kind::file && known.server.leases.file == file;
  });
}

/// Of the networks in the state directory, those of the choice whose leases `init` prints.
std::vector<std::string> networks_to_give(const Directory& directory, const ServerRegistry& registry,
                                          const NetworkChoice& choice) {
  std::vector<std::string> networks = networks_in(directory);
  std::erase_if(networks, [&](const std::string& network) { return !registry.gives({}, {}, network); });
  if (!choice.is_among({networks.begin(), networks.end()})) return {};
  std::erase_if(networks, [&](const std::string& network) { return !choice.has(network); });
  if (networks.empty()) log_line("there is no network here whose leases could be given to dnsmasq");
  return networks;
}

}  // namespace

int hand_over_leases(const Settings& settings, const HandoverRequest& request) {
  const auto directory = Directory::open_existing(settings.state_directory);
  if (!directory)
    throw Error(settings.state_directory + ": does not exist; dnsmasq's leases should be there");
  const NetworkChoice choice{request.networks};
  const ServerRegistry registry = ServerRegistry::read(*directory);
  const Servers servers = servers_of(registry, choice);
  if (choice.names.empty() && servers.size() > 1) return refuse_choice(servers);
  // The registry's owner must not choose a file for root to write.
  const bool is_roots = directory->status().st_uid == 0;
  const auto path = !request.file.empty() ? request.file : is_roots ? file_of(servers) : kStandardLeaseFile;
  if (!path) return refuse("these networks had several lease files; name the one to write");
  if (const KnownServer* running = running_one(servers)) return refuse_running(*running);
  const SourcePlace place = lease_file_place(*path);
  if (const auto holder = dnsmasq_with_open_file(place)) return refuse_open(*holder, path_of(place));
  if (place.status && is_kept_in(servers, path_of(place))) {
    log_line(escaped(path_of(place)) +
             " already has all leases, since dnsmasq kept them there; it is left as it is");
    return kFound;
  }
  import_separately(settings);
  const std::vector<std::string> networks = networks_to_give(*directory, registry, choice);
  if (networks.empty()) return kNotFound;
  write(place, stream_of(settings, *directory, networks), networks);
  return kFound;
}

}  // namespace leases::cli
