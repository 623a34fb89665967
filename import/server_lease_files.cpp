#include "import/server_lease_files.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "common/table.h"
#include "dnsmasq/server_registry.h"
#include "import/lease_file_merge.h"
#include "import/source_reader.h"
#include "import/source_readings.h"
#include "store/client_hardware.h"
#include "store/network_name.h"
#include "store/source_place.h"
#include "store/transaction.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/hash_table.h"
#include "util/local_subnets.h"

namespace leases {

namespace {

bool is_own(const Lease& lease) {
  return lease.source.empty();
}

/// A server's lease file as it was read before the lock was taken. dnsmasq writes it before it runs its
/// script, so as long as it is the same, no event is newer.
struct ReadFile {
  CallingServer server;
  SourceReading contents;
};

SourceFile source_file(const std::string& path) {
  return {.kind = SourceKind::dnsmasq_leases,
          .network = std::string(kUnknownNetwork),
          .path = path,
          .is_servers = true};
}

/// A record that cannot be read could be that of any lease.
bool is_whole(const SourceReading& contents) {
  return contents.state == SourceReading::State::read && contents.damage.empty() && contents.problems.empty();
}

/// The servers whose lease files this process can find at the same place.
std::vector<KnownServer> servers_with_files(const Settings& settings) {
  const auto directory = Directory::open_existing(settings.state_directory);
  if (!directory) return {};
  std::vector<KnownServer> servers = ServerRegistry::read(*directory).servers();
  std::erase_if(servers, [](const KnownServer& known) {
    const LeaseDatabase& database = known.server.leases;
    return database.kind != LeaseDatabase::Kind::file ||
           directory_id_of(database.file) != database.directory_id;
  });
  return servers;
}

bool lacks_leases(const SourceReading& contents, const IndexView& view, const KnownServer& known) {
  HashSet<IpAddress> present;
  for (const Lease& lease : contents.parsed.leases) present.insert(lease.address);
  bool lacks = false;
  view.for_each_lease([&, time = now()](const Lease& lease) {
    lacks = lacks || (is_own(lease) && known.serves(lease.network) && !lease.expiry.expired_at(time) &&
                      !present.contains(lease.address));
  });
  return lacks;
}

/// Looks at a file until it rests, or no patience is left: dnsmasq empties it and fills it again.
SourceReading read_at_rest(const KnownServer& known, const IndexView& view, SourceReader& reader,
                           WaitBudget& patience) {
  constexpr std::chrono::milliseconds kBetween{20};
  const SourceFile file = source_file(known.server.leases.file);
  const SourcesInIndex nothing{IndexView()};
  for (;;) {
    SourceReading contents = reader.read(file, nothing);
    using State = SourceReading::State;
    if (contents.state == State::read && lacks_leases(contents, view, known)) {
      contents.state = State::unsettled;
      contents.is_less = true;
    }
    reader.look_at_writers();
    reader.settle(file, contents);
    if (contents.state != State::unsettled || !patience.pause(kBetween)) return contents;
    reader.begin_again();
  }
}

/// A file that does not exist has no stamp, before or now.
bool is_unchanged(const std::string& path, const layout::FileStamp& stamp) {
  return stamp_at(path).value_or(layout::FileStamp{}) == stamp;
}

/// The leases that the store keeps of some networks.
std::vector<Lease> leases_in(const StoreTransaction& store, const NetworkFilter& was_chosen) {
  std::vector<Lease> leases;
  store.view().for_each_lease([&](const Lease& lease) {
    if (is_own(lease) && was_chosen(lease.network)) leases.push_back(lease);
  });
  return leases;
}

/// Writes only networks in which something changed.
void write_changed(StoreTransaction& store, MergedLeases& merged) {
  if (merged.networks.empty()) return;
  std::erase_if(merged.leases,
                [&](const Lease& lease) { return !merged.networks.contains(std::string(lease.network)); });
  store.rewrite(merged.networks, merged.leases);
}

/// Merges a file's rows into the store. False if either has changed since the file was read.
bool apply(StoreTransaction& store, const ServerRegistry& registry, const ReadFile& file,
           FollowedLeases& followed, std::vector<std::string>& lines) {
  const std::string& path = file.server.leases.file;
  const KnownServer* known = registry.find(file.server);
  const bool is_same = known != nullptr && known->server.leases == file.server.leases &&
                       is_unchanged(path, file.contents.stamp) &&
                       std::ranges::all_of(known->networks, [&](const ServedNetwork& network) {
                         return store.is_current(network.name);
                       });
  if (!is_same) return false;
  if (!is_whole(file.contents)) return true;
  LeaseFileMerge merge;
  merge.may_end = [&](const Lease& lease) { return registry.is_served_by_one(lease.network); };
  const auto is_its = [&](std::string_view network) { return known->serves(network); };
  MergedLeases merged = merge_lease_file(leases_in(store, is_its), file.contents.parsed.leases, merge, now());
  if (merged.ended > 0) {
    lines.push_back(path + ": " + std::to_string(merged.ended) +
                    (merged.ended == 1 ? " lease is" : " leases are") +
                    " no longer in it, so dnsmasq does not have them; their names are gone");
  }
  write_changed(store, merged);
  followed.renewed += merged.renewed;
  followed.ended += merged.ended;
  return true;
}

/// Gives leases of a file what an event would give them.
void complete(std::vector<Lease>& leases, const StoreTransaction& store, const NamePolicy& policy) {
  for (Lease& lease : leases) {
    policy.judge(lease);
    const auto hardware = hardware_of_client(lease, store.view());
    if (!hardware) continue;
    policy.name_guest(lease, store.view().snapshot().guest_name(*hardware, lease.network));
  }
}

SourceReading read_whole(const std::string& path) {
  SourceReader reader;
  const SourceFile file = source_file(path);
  SourceReading contents = reader.read(file, SourcesInIndex(IndexView()));
  for (WaitBudget patience(kForWriters); contents.state == SourceReading::State::unsettled;) {
    reader.look_at_writers();
    reader.settle(file, contents);
    if (contents.state != SourceReading::State::unsettled || !patience.pause(std::chrono::milliseconds(20)))
      break;
    reader.begin_again();
    contents = reader.read(file, SourcesInIndex(IndexView()));
  }
  if (contents.state == SourceReading::State::gone)
    throw Error(path + ": does not exist; name dnsmasq's lease file (dhcp-leasefile)");
  if (contents.state == SourceReading::State::unsettled) contents.damage = "is being written";
  if (!contents.damage.empty()) throw Error(path + ' ' + contents.damage + "; nothing was taken from it");
  return contents;
}

}  // namespace

std::vector<std::string> server_lease_files(const Settings& settings) {
  std::vector<std::string> files;
  for (const KnownServer& known : servers_with_files(settings)) files.push_back(known.server.leases.file);
  return files;
}

std::optional<LeaseInFile> find_in_server_lease_files(const Settings& settings, const Lease& lease) try {
  for (const KnownServer& known : servers_with_files(settings)) {
    if (!known.serves(lease.network)) continue;
    const std::string& path = known.server.leases.file;
    const SourceReading contents = SourceReader().read(source_file(path), SourcesInIndex(IndexView()));
    if (!is_whole(contents)) continue;
    for (const Lease& row : contents.parsed.leases) {
      if (row.address == lease.address && match_clients(lease, row) == ClientMatch::same)
        return LeaseInFile{path, row.expiry};
    }
  }
  return {};
} catch (const Error&) {
  return {};
}

FollowedLeases follow_server_lease_files(const Settings& settings, const ImportWarning& warn,
                                         std::chrono::milliseconds patience) {
  FollowedLeases followed;
  std::vector<ReadFile> files;
  {
    const PresentIndex index(settings);
    SourceReader reader;
    WaitBudget for_writers(patience);
    for (const KnownServer& known : servers_with_files(settings)) {
      SourceReading contents = read_at_rest(known, index.view(), reader, for_writers);
      followed.is_unsettled = followed.is_unsettled || contents.state == SourceReading::State::unsettled;
      // A file that cannot be read will not change before the next event either.
      if (contents.state != SourceReading::State::unsettled)
        files.push_back({known.server, std::move(contents)});
    }
  }
  if (files.empty()) return followed;
  std::vector<std::string> lines;
  {
    StoreTransaction store(settings, StoreMode::import,
                           {{}, [&](std::string_view line) { warn(std::string(line)); }});
    ServerRegistry registry = ServerRegistry::read(store.state_directory());
    for (const ReadFile& file : files) {
      const bool is_applied = apply(store, registry, file, followed, lines);
      if (is_applied) registry.note_followed(file.server);
      followed.is_unsettled = followed.is_unsettled || !is_applied;
    }
    if (registry.is_changed()) registry.write(store.state_directory());
  }
  for (const std::string& line : lines) warn(line);
  return followed;
}

namespace {

/// The network of a row of a server's lease file: the server's only network, or that of the interface in
/// whose subnet the address is.
std::string network_of_row(const Lease& row, const KnownServer* owner, const LocalSubnets& subnets) {
  const std::string interface = subnets.interface_of(row.address);
  if (owner != nullptr) {
    for (const ServedNetwork& network : owner->networks) {
      if (network.asked == interface || owner->networks.size() == 1) return network.name;
    }
  }
  return is_network_name(interface) ? interface : std::string(kUnknownNetwork);
}

/// Nothing if the index is not up to date with all that would be written: then an import is due.
std::optional<TakenLeases> take_over(StoreTransaction& store, const SourceReading& contents,
                                     const TakeOver& request, const NamePolicy& policy) {
  const ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const auto found = std::ranges::find_if(
      registry.servers(), [&](const KnownServer& known) { return known.server.leases.file == request.file; });
  const KnownServer* owner = found != registry.servers().end() ? &*found : nullptr;
  const LocalSubnets subnets;
  LeaseFileMerge merge;
  merge.written = {static_cast<std::uint64_t>(std::max<std::int64_t>(contents.stamp.modified_ns, 0))};
  merge.network_for = [&](const Lease& row) {
    return request.network.empty() ? network_of_row(row, owner, subnets) : request.network;
  };
  const std::vector<Lease>& rows = contents.parsed.leases;
  std::set<std::string, std::less<>> targets;
  for (const Lease& row : rows) targets.insert(merge.network_for(row));
  const NetworkFilter is_its = [&](std::string_view network) {
    // A network that is written again must not lose leases.
    if (targets.contains(network)) return true;
    return (owner != nullptr && registry.serves(owner->server, network)) || !registry.is_served(network);
  };
  const auto is_current = [&](const std::string& network) {
    return !is_its(network) || store.is_current(network);
  };
  if (!std::ranges::all_of(store.networks(), is_current) || !std::ranges::all_of(targets, is_current))
    return {};
  MergedLeases merged = merge_lease_file(leases_in(store, is_its), rows, merge, now());
  complete(merged.leases, store, policy);
  write_changed(store, merged);
  const auto live =
      std::ranges::count_if(rows, [](const Lease& row) { return !row.expiry.expired_at(now()); });
  return TakenLeases{static_cast<std::size_t>(live), merged.taken, merged.renewed};
}

}  // namespace

TakenLeases take_over_lease_file(const Settings& settings, const TakeOver& request,
                                 const ImportWarning& warn) {
  // The owner of the registry must not choose what root reads.
  if (!request.is_named) prepare_store(settings, StoreMode::import);
  const SourceReading contents = read_whole(request.file);
  const LockWait wait{{}, [&](std::string_view line) { warn(std::string(line)); }};
  // Another process may get in between an import and this.
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    import_files(settings, ImportScope::changed, warn);
    const Settings with_hosts = with_hosts_files(settings);
    StoreTransaction store(settings, StoreMode::import, wait);
    if (const auto taken = take_over(store, contents, request, with_hosts.names)) return *taken;
  }
  throw Error(settings.state_directory +
              ": another program keeps changing the status files; nothing was taken, try again");
}

}  // namespace leases
