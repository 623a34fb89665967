#include "cli/lease_file/giving.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <climits>

#include "cli/command_line/exit_code.h"
#include "cli/names/network_choice.h"
#include "cli/output/standard_output.h"
#include "dnsmasq/processes.h"
#include "dnsmasq/server_registry.h"
#include "import/importer.h"
#include "store/damaged_file.h"
#include "store/index_reader.h"
#include "store/init_stream.h"
#include "store/server_duid.h"
#include "store/source_place.h"
#include "store/transaction.h"
#include "util/clock.h"
#include "util/escaped_text.h"
#include "util/log.h"
#include "util/output_file.h"
#include "util/separate_process.h"

namespace leases::cli {

namespace {

using Servers = std::vector<KnownServer>;

/// A dnsmasq that has just been stopped goes on telling what it had queued.
constexpr std::chrono::seconds kForQueue(3);

constexpr mode_t kModeOfNewFile = 0644;

SourcePlace place_of_lease_file(const std::string& path) {
  SourcePlace place = place_of(std::filesystem::absolute(path).string());
  if (!place.refused_link.empty())
    throw Error(place.refused_link +
                ": is a link that others than root can change; name the file that it leads to");
  if (!place.directory) throw Error(path + ": its directory does not exist");
  return place;
}

/// Those of the networks named, or of any, but for libvirt's.
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

/// The file that all of them had, or the standard one. Nothing if they had several.
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

/// Whether a process's open file is the one at a place, or was until that was removed.
bool is_at(const std::string& descriptor, const SourcePlace& place) {
  struct stat open {};
  if (::stat(descriptor.c_str(), &open) != 0) return false;
  if (place.status && place.status->st_dev == open.st_dev && place.status->st_ino == open.st_ino) return true;
  if (open.st_nlink != 0 || open.st_dev != place.directory->status().st_dev) return false;
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlink(descriptor.c_str(), target.data(), target.size());
  return length > 0 && std::string_view(target.data(), static_cast<std::size_t>(length)) ==
                           place.directory->path_of(place.name) + " (deleted)";
}

/// A dnsmasq that has the file open.
std::optional<pid_t> holder_of(const SourcePlace& place) {
  for (const DnsmasqProcess& process : dnsmasq_processes()) {
    const std::string directory = "/proc/" + std::to_string(process.number) + "/fd";
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), ::closedir);
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
      if (is_at(directory + '/' + entry->d_name, place)) return process.number;
    }
  }
  return {};
}

/// Gives up rights, which this process needs to write the file.
void import_separately(const Settings& settings) {
  const auto import = [&](const LineSink& tell) {
    import_files(settings, ImportScope::changed, tell);
    return Work::done;
  };
  constexpr int kNothingStopsIt = -1;
  if (run_in_child(import, kNothingStopsIt, log_line) != Work::done)
    throw Error("lease-file give: nothing was written, since not all leases are known; see above");
}

/// What `init` prints for these networks.
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
  const std::string path = place.directory->path_of(place.name);
  std::string before;
  if (place.status) {
    if (!S_ISREG(place.status->st_mode)) throw Error(path + ": is not a plain file; name another");
    before = place.directory->path_of(set_damaged_aside(*place.directory, place.name, "before"));
  }
  replace_file(path, stream, kModeOfNewFile);
  const std::size_t rows = rows_in(stream);
  Output output;
  output.text() = "wrote " + std::to_string(rows) + (rows == 1 ? " lease of " : " leases of ");
  for (const std::string& network : networks)
    output.text() += (network == networks.front() ? "" : ", ") + escaped(network);
  output.text() += " to " + escaped(path);
  if (!before.empty()) output.text() += "; the file that was there is " + escaped(before);
  output.text() +=
      "\nnext: take leasefile-ro out of dnsmasq's configuration, see that its dhcp-leasefile is this file, "
      "and "
      "start dnsmasq\n";
  output.flush();
}

int refuse(const std::string& line) {
  log_line(line);
  return kNotFound;
}

}  // namespace

std::string lease_file_at(const std::string& path) {
  const SourcePlace place = place_of_lease_file(path);
  return place.directory->path_of(place.name);
}

int give_lease_file(const Settings& settings, const GiveRequest& request) {
  const auto directory = Directory::open_existing(settings.state_directory);
  if (!directory)
    throw Error(settings.state_directory + ": does not exist; dnsmasq's leases should be there");
  const NetworkChoice choice{request.networks};
  const ServerRegistry registry = ServerRegistry::read(*directory);
  const Servers servers = servers_of(registry, choice);
  if (choice.names.empty() && servers.size() > 1) {
    std::string line = "several dnsmasqs have leases here; say with --network whose file it is to be:";
    for (const KnownServer& known : servers) line += ' ' + names_of(known) + ';';
    line.back() = '.';
    return refuse(line);
  }
  // Who owns the registry must not choose what root writes.
  const bool is_roots = directory->status().st_uid == 0;
  const auto path = !request.file.empty() ? request.file : is_roots ? file_of(servers) : kStandardLeaseFile;
  if (!path) return refuse("these networks had several lease files; name the one that is to be written");
  if (const KnownServer* running = running_one(servers)) {
    return refuse("dnsmasq (process " + std::to_string(running->server.process.id) + "), which serves " +
                  names_of(*running) + ", runs and would not read the file; stop dnsmasq first");
  }
  const SourcePlace place = place_of_lease_file(*path);
  const std::string file = place.directory->path_of(place.name);
  if (const auto holder = holder_of(place)) {
    return refuse("dnsmasq (process " + std::to_string(*holder) + ") has " + escaped(file) +
                  " open and would overwrite it; stop dnsmasq first");
  }
  const auto keeps_it = [&](const KnownServer& known) {
    return known.server.leases.kind == LeaseDatabase::Kind::file && known.server.leases.file == file;
  };
  if (place.status && std::ranges::any_of(servers, keeps_it)) {
    log_line(escaped(file) +
             " is what dnsmasq kept its leases in until it was stopped: it has them all, and is "
             "left as it is");
    return kFound;
  }
  import_separately(settings);
  std::vector<std::string> networks = networks_in(*directory);
  std::erase_if(networks, [&](const std::string& network) { return !registry.gives({}, {}, network); });
  if (!choice.is_among({networks.begin(), networks.end()})) return kNotFound;
  std::erase_if(networks, [&](const std::string& network) { return !choice.has(network); });
  if (networks.empty()) return refuse("there is no network here whose leases could be given to dnsmasq");
  write(place, stream_of(settings, *directory, networks), networks);
  return kFound;
}

}  // namespace leases::cli
