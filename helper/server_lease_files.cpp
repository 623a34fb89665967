#include "helper/server_lease_files.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "helper/interfaces.h"
#include "helper/lease_file_merge.h"
#include "helper/network_name.h"
#include "helper/server_registry.h"
#include "helper/source_reader.h"

namespace leases {

namespace {

bool is_own(const Lease& lease) {
  return lease.source.empty();
}

/// A server's lease file as it was read before the lock was taken. Whatever it says, the server wrote it
/// before it told the event that comes next, so it stands as long as nothing is written.
struct ReadFile {
  CallingServer server;
  SourceContents contents;
};

KnownSource known_of(const IndexView& view, const KnownServer& known) {
  KnownSource source;
  view.for_each_lease([&](const Lease& lease) {
    const auto is_its = [&](const ServedNetwork& network) { return network.name == lease.network; };
    if (is_own(lease) && std::ranges::any_of(known.networks, is_its)) source.leases.push_back(lease);
  });
  return source;
}

SourceFile source_file(const std::string& path) {
  return {LeaseFileKind::dnsmasq_leases, std::string(kUnknownNetwork), path};
}

bool is_whole(const SourceContents& contents) {
  return contents.state == SourceContents::State::read &&
         (contents.damage.empty() || contents.stamp.size == 0);
}

/// What was read is compared with what is known, without the lock: the file may be in the middle of being
/// written, and is waited for.
std::vector<ReadFile> read_files(const Settings& settings) {
  std::vector<ReadFile> files;
  const auto directory = Directory::open_existing(settings.state_directory);
  if (!directory) return files;
  std::string problem;
  const auto runtime = Directory::open_existing(settings.runtime_directory);
  const auto index = runtime ? IndexFile::open(*runtime, Access::read, problem) : std::nullopt;
  const IndexView view = index ? IndexView::of(index->index()).value_or(IndexView()) : IndexView();
  Patience patience;
  const ServerRegistry registry = ServerRegistry::read(*directory);
  for (const KnownServer& known : registry.servers()) {
    const LeaseDatabase& database = known.server.leases;
    if (database.kind != LeaseDatabase::Kind::file) continue;
    if (directory_id_of(database.file) != database.directory_id) continue;
    SourceContents contents = read_source(source_file(database.file), known_of(view, known), patience);
    if (is_whole(contents)) files.push_back({known.server, std::move(contents)});
  }
  return files;
}

bool is_unchanged(const std::string& path, const layout::FileStamp& stamp) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && stamp_of(status) == stamp;
}

/// The leases that the store keeps of some networks.
std::vector<Lease> leases_in(const LeaseStore& store, const NetworkFilter& is_meant) {
  std::vector<Lease> leases;
  store.view().for_each_lease([&](const Lease& lease) {
    if (is_own(lease) && is_meant(lease.network)) leases.push_back(lease);
  });
  return leases;
}

/// Only networks in which something changed are written.
void write_changed(LeaseStore& store, MergedLeases& merged) {
  if (merged.networks.empty()) return;
  std::erase_if(merged.leases, [&](const Lease& lease) {
    return !merged.networks.contains(std::string(lease.network));
  });
  store.rewrite(merged.networks, merged.leases);
}

std::size_t apply(LeaseStore& store, const ServerRegistry& registry, const ReadFile& file,
                  const ImportWarning& warn) {
  const std::string& path = file.server.leases.file;
  const KnownServer* known = registry.find(file.server);
  if (known == nullptr || known->server.leases != file.server.leases ||
      !is_unchanged(path, file.contents.stamp))
    return 0;
  const NetworkFilter is_its = [&](std::string_view network) {
    return registry.serves(file.server, network);
  };
  for (const ServedNetwork& network : known->networks) {
    if (!store.is_current(network.name)) return 0;
  }
  LeaseFileMerge merge;
  merge.may_end = [&](const Lease& lease) { return registry.is_served_by_one(lease.network); };
  MergedLeases merged =
      merge_lease_file(leases_in(store, is_its), file.contents.parsed.leases, merge, now());
  if (merged.ended > 0) {
    warn(path + ": " + std::to_string(merged.ended) +
         (merged.ended == 1 ? " lease is" : " leases are") +
         " not in it any more; dnsmasq has ended them, and so have their names");
  }
  write_changed(store, merged);
  return merged.renewed + merged.ended;
}

/// Gives leases of a file what an event would give them.
void complete(std::vector<Lease>& leases, const LeaseStore& store, const NamePolicy& policy) {
  for (Lease& lease : leases) {
    lease.name_refused = !lease.hostname.empty() && policy.refusal(lease.hostname).has_value();
    if (!lease.hardware) continue;
    const std::string_view guest = store.view().snapshot().guest_name(*lease.hardware, lease.network);
    if (!guest.empty() && !policy.refusal(label_of(guest))) lease.guest_name = guest;
  }
}

SourceContents read_whole(const std::string& path) {
  Patience patience;
  SourceContents contents = read_source(source_file(path), {}, patience);
  if (contents.state == SourceContents::State::gone)
    throw StoreError(path + ": does not exist; name dnsmasq's lease file (dhcp-leasefile)");
  if (!is_whole(contents)) throw StoreError(path + ' ' + contents.damage + "; nothing was taken from it");
  return contents;
}

}  // namespace

std::size_t follow_server_lease_files(const Settings& settings, const ImportWarning& warn) {
  const std::vector<ReadFile> files = read_files(settings);
  if (files.empty()) return 0;
  std::vector<std::string> lines;
  std::size_t changed = 0;
  {
    LeaseStore store(settings, StoreUse::import);
    const ServerRegistry registry = ServerRegistry::read(store.state_directory());
    for (const ReadFile& file : files)
      changed += apply(store, registry, file, [&](const std::string& line) { lines.push_back(line); });
  }
  for (const std::string& line : lines) warn(line);
  return changed;
}

TakenLeases take_over_lease_file(const Settings& settings, const TakeOver& request,
                                 const ImportWarning& warn) {
  const SourceContents contents = read_whole(request.file);
  {
    LeaseStore store(settings, StoreUse::import);
    import_files(store, settings, ImportScope::changed, warn);
  }
  LeaseStore store(settings, StoreUse::import);
  const ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const auto owner = std::ranges::find_if(registry.servers(), [&](const KnownServer& known) {
    return known.server.leases.kind == LeaseDatabase::Kind::file && known.server.leases.file == request.file;
  });
  const bool is_known = owner != registry.servers().end();
  const LocalSubnets subnets;
  LeaseFileMerge merge;
  merge.network_for = [&](const Lease& row) {
    if (!request.network.empty()) return request.network;
    const std::string interface = subnets.interface_of(row.address);
    if (is_known) {
      for (const ServedNetwork& network : owner->networks) {
        if (network.asked == interface || owner->networks.size() == 1) return network.name;
      }
    }
    return is_network_name(interface) ? interface : std::string(kUnknownNetwork);
  };
  const NetworkFilter is_its = [&](std::string_view network) {
    return is_known && registry.serves(owner->server, network) ? true : !registry.is_served(network);
  };
  std::vector<Lease> rows = contents.parsed.leases;
  MergedLeases merged = merge_lease_file(leases_in(store, is_its), rows, merge, now());
  complete(merged.leases, store, settings.names);
  write_changed(store, merged);
  const auto live = std::ranges::count_if(rows, [](const Lease& row) { return !row.expiry.over_at(now()); });
  return {static_cast<std::size_t>(live), merged.taken, merged.renewed};
}

}  // namespace leases
