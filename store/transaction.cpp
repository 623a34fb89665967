#include "store/transaction.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <iterator>
#include <tuple>
#include <utility>

#include "store/freshness.h"
#include "store/network_files.h"
#include "store/network_name.h"
#include "store/overlay.h"
#include "store/source_place.h"
#include "store/status_text.h"
#include "store/store_error.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/file.h"
#include "util/log.h"
#include "util/privileges.h"

namespace leases {

namespace {

Directory open_state_directory(const Settings& settings) {
  require_directories(settings);
  return at_store(settings.state_directory,
                  [&] { return Directory::open_or_create(settings.state_directory); });
}

std::optional<Directory> open_libvirt_directory(const Settings& settings, StoreMode mode) {
  if (mode != StoreMode::libvirt || settings.libvirt_directory.empty()) return {};
  return Directory::open_existing(settings.libvirt_directory);
}

/// This process is about to become the owner of the state directory, who could not make it.
void make_runtime_directory(const std::string& path, const Directory& state_directory) {
  const struct stat owner = state_directory.status();
  if (::geteuid() != 0 || owner.st_uid == 0 || ::mkdir(path.c_str(), 0755) != 0) return;
  const FileDescriptor made(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (made.number() < 0 || ::fchown(made.number(), owner.st_uid, owner.st_gid) != 0)
    throw errno_error(path, "cannot be given to the owner of " + state_directory.path(), errno);
}

void make_runtime_directory_and_drop_privileges(const Settings& settings, const Directory& state_directory,
                                                StoreMode mode) {
  at_store(settings.runtime_directory,
           [&] { make_runtime_directory(settings.runtime_directory, state_directory); });
  at_store(settings.state_directory, [&] {
    drop_privileges(state_directory,
                    mode == StoreMode::import ? Capabilities::read_any_file : Capabilities::pass_on_reading);
  });
}

/// The latest time has no successor.
ChangeTime next_after(ChangeTime time) {
  return time < kLatestChange ? ChangeTime{time.nanoseconds + 1} : kLatestChange;
}

}  // namespace

void prepare_store(const Settings& settings, StoreMode mode) {
  const Directory state_directory = open_state_directory(settings);
  make_runtime_directory_and_drop_privileges(settings, state_directory, mode);
}

StoreTransaction::StoreTransaction(const Settings& settings, StoreMode mode, const LockWait& wait)
    : placement_(open_state_directory(settings), open_libvirt_directory(settings, mode)) {
  make_runtime_directory_and_drop_privileges(settings, state_directory(), mode);
  lock_.emplace(placement_.state_directory(), wait);
  placement_.find_writable();
  // An event can be recorded without the index. An import would lose what only the index has.
  index_.open(settings.runtime_directory, mode == StoreMode::import);
}

bool StoreTransaction::is_current(std::string_view network) const {
  return index_.is_writable() &&
         has_stamp(known_source(view(), network, {}), placement_.own_file(network).stamp()) &&
         (!placement_.writes_to_libvirt() || is_current_for_libvirt(network));
}

bool StoreTransaction::is_current_for_libvirt(std::string_view network) const {
  const auto& directory = placement_.libvirt_directory();
  if (!directory) return true;
  return index_.is_writable() && std::ranges::all_of(kSourceKinds, [&](const SourceProperties& kind) {
           if (kind.libvirt_suffix.empty()) return true;
           const std::string path = directory->path_of(std::string(network).append(kind.libvirt_suffix));
           return has_stamp(known_source(view(), network, path), stamp_at(path));
         });
}

bool StoreTransaction::is_current() const {
  const auto all = networks();
  return index_.is_writable() &&
         std::ranges::all_of(all, [this](const std::string& network) { return is_current(network); });
}

bool StoreTransaction::lacks_file(std::string_view network) const {
  const auto all = networks();
  return std::ranges::any_of(all, [&](const std::string& candidate) {
    return (network.empty() || candidate == network) && !placement_.own_file(candidate).exists() &&
           !leases_of(candidate).empty();
  });
}

bool StoreTransaction::has_undefined_network() const {
  // Each event asks this, of all networks that there ever were: the others cost a look at their kind alone.
  const auto has_lost_its_file = [](const Table& table, std::uint32_t source) {
    if (!properties_of(static_cast<SourceKind>(table.source(source).kind)).is_removed_with_network)
      return false;
    struct stat status {};
    const std::string path(table.path_of(source));
    return ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
  };
  for (const Table* table : {&view().overlay(), &view().snapshot()}) {
    for (std::uint32_t i = 0; i < table->source_count(); ++i) {
      if (has_lost_its_file(*table, i)) return true;
    }
  }
  return false;
}

bool StoreTransaction::lacks_libvirt_file(std::string_view network) const {
  const auto file = placement_.libvirt_file(network);
  return file && !file->exists();
}

std::vector<std::string> StoreTransaction::networks() const {
  std::vector<std::string> networks = networks_in(state_directory());
  for (const Table* table : {&view().overlay(), &view().snapshot()}) {
    for (std::uint32_t i = 0; i < table->source_count(); ++i) {
      // These become names of files, and the index may be damaged.
      const std::string_view name = table->network_of(i);
      if (is_network_name(name) && table->path_of(i).empty()) networks.emplace_back(name);
    }
  }
  std::ranges::sort(networks);
  networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
  return networks;
}

std::set<std::string> StoreTransaction::left_over_networks() const {
  std::set<std::string> left_over;
  for (std::string& network : networks()) {
    if (is_long_gone(state_directory(), network) && is_current(network)) left_over.insert(std::move(network));
  }
  if (left_over.empty()) return left_over;
  view().for_each_lease([&, present = now()](const Lease& lease) {
    if (lease.source.empty() && !lease.expiry.expired_at(present))
      left_over.erase(std::string(lease.network));
  });
  return left_over;
}

std::optional<Lease> StoreTransaction::find_in(const StatusFile& file, const IpAddress& address) const {
  const IndexView::Records records = view().find(address);
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (lease.network == file.network() && lease.source == file.source()) return lease;
  }
  return {};
}

std::optional<Lease> StoreTransaction::find(std::string_view network, const IpAddress& address) const {
  std::optional<Lease> latest;
  for (const StatusFile& file : placement_.files_of(network)) {
    const auto lease = find_in(file, address);
    if (lease && (!latest || changed_before(*latest, *lease))) latest = lease;
  }
  return latest;
}

std::vector<Lease> StoreTransaction::leases_of(std::string_view network, std::string_view source) const {
  std::vector<Lease> leases;
  view().for_each_lease([&](const Lease& lease) {
    if (lease.network == network && lease.source == source) leases.push_back(lease);
  });
  std::ranges::sort(leases, changed_before);
  return leases;
}

ChangeTime StoreTransaction::next_change() const {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  const ChangeTime present{static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
                           static_cast<std::uint64_t>(time.tv_nsec)};
  return std::max(std::min(present, kLatestChange), next_after(view().newest_change()));
}

bool StoreTransaction::put(const Lease& lease) {
  const StatusFile file = placement_.file_for(lease);
  bool changed = put_in(file, lease);
  // It is added to its new file before it is removed from the old one, so that one of them always has it.
  for (const StatusFile& other : placement_.files_of(lease.network)) {
    if (other.source() != file.source()) changed = remove_from(other, lease.address) || changed;
  }
  return changed;
}

bool StoreTransaction::remove(std::string_view network, const IpAddress& address) {
  bool changed = false;
  for (const StatusFile& file : placement_.files_of(network)) changed = remove_from(file, address) || changed;
  return changed;
}

IndexedSource StoreTransaction::source_of(const StatusFile& file) const {
  const auto known = known_source(view(), file.network(), file.source());
  if (known) return *known;
  return {file.network(), {}, file.kind(), file.source()};
}

bool StoreTransaction::put_in(const StatusFile& file, const Lease& lease) {
  const auto before = find_in(file, lease.address);
  const IndexedSource source = source_of(file);
  // A damaged file is fixed as soon as possible: libvirt's readers answer nothing at all because of it.
  if (before && equal_but_for_time(*before, lease) && !source.damaged) return false;
  Lease after = lease;
  after.source = file.source();
  after.changed = next_change();
  commit(file, {source, lease.address, before, after});
  return true;
}

bool StoreTransaction::remove_from(const StatusFile& file, const IpAddress& address) {
  const auto before = find_in(file, address);
  // Records in libvirt's file that could not be read, and so are not in the index, are removed too, as
  // libvirt's helper does.
  if (!before && !(file.is_libvirts() && file.has_record_of(address))) return false;
  commit(file, {source_of(file), address, before, {}});
  return true;
}

void StoreTransaction::commit(const StatusFile& file, LeaseChange change) {
  change.source.stamp = edit(file, change);
  change.source.damaged = false;
  change.source.content = 0;
  index_.commit(change);
}

layout::FileStamp StoreTransaction::edit(const StatusFile& file, const LeaseChange& change) const {
  const std::string record = change.after ? record_text(*change.after) : std::string();
  // Libvirt's file may have a record that the index does not have.
  const bool may_be_there = change.before || file.is_libvirts();
  const auto removed = may_be_there ? std::optional(change.address) : std::nullopt;
  const auto edited = [&](std::string_view text) { return edit_status_text(text, removed, record); };
  return file.edit(edited, change.source.damaged, [&] {
    std::vector<Lease> leases = leases_of(file.network(), file.source());
    std::erase_if(leases, [&](const Lease& lease) { return lease.address == change.address; });
    if (change.after) leases.push_back(*change.after);
    return leases;
  });
}

void StoreTransaction::remove_expired(const NetworkFilter& is_chosen, EpochSeconds now) {
  const auto is_removed = [&](const Lease& lease) {
    return lease.expiry.expired_at(now) && is_chosen(lease.network) && placement_.may_write(lease);
  };
  TableInput contents = current_snapshot(view());
  std::set<std::pair<std::string, std::string>> changed;
  for (const Lease& lease : contents.leases) {
    if (is_removed(lease)) changed.emplace(lease.network, lease.source);
  }
  if (changed.empty()) return;
  std::erase_if(contents.leases, is_removed);
  for (IndexedSource& source : contents.sources) {
    if (!changed.contains({source.network, source.path})) continue;
    std::vector<Lease> kept = leases_of(source.network, source.path);
    std::vector<IpAddress> removed;
    for (const Lease& lease : kept) {
      if (is_removed(lease)) removed.push_back(lease.address);
    }
    std::erase_if(kept, is_removed);
    const auto edited = [&](std::string_view text) { return remove_records(text, removed); };
    const StatusFile file = placement_.file_of(source.network, source.path);
    source.stamp = file.edit(edited, source.damaged, [&] { return kept; });
    source.damaged = false;
    source.content = 0;
  }
  replace_index(contents);
}

void StoreTransaction::rewrite(const std::set<std::string>& networks, std::vector<Lease> leases) {
  ChangeTime change = next_change();
  for (Lease& lease : leases) {
    lease.source = {};
    if (lease.changed != ChangeTime{}) continue;
    lease.changed = change;
    change = next_after(change);
  }
  std::ranges::stable_sort(leases, changed_before);
  TableInput contents = current_snapshot(view());
  const auto is_replaced = [&](std::string_view network, std::string_view source) {
    return source.empty() && networks.contains(std::string(network));
  };
  std::erase_if(contents.leases,
                [&](const Lease& lease) { return is_replaced(lease.network, lease.source); });
  std::erase_if(contents.sources,
                [&](const IndexedSource& source) { return is_replaced(source.network, source.path); });
  for (const std::string& network : networks) {
    std::vector<Lease> own;
    std::ranges::copy_if(leases, std::back_inserter(own),
                         [&](const Lease& lease) { return lease.network == network; });
    const StatusFile file = placement_.own_file(network);
    if (source_of(file).damaged) std::ignore = file.set_aside();
    contents.sources.push_back({network, file.write(own)});
  }
  for (const Lease& lease : leases) contents.newest_change = std::max(contents.newest_change, lease.changed);
  contents.leases.insert(contents.leases.end(), leases.begin(), leases.end());
  replace_index(contents);
}

void StoreTransaction::start_libvirt_network(std::string_view network) {
  if (!lacks_libvirt_file(network)) return;
  const StatusFile own = placement_.own_file(network);
  for (const Lease& lease : leases_of(network)) remove_from(own, lease.address);
  std::ignore = placement_.libvirt_file(network)->write(std::vector<Lease>());
}

void StoreTransaction::put_without_index(const Lease& lease) {
  const StatusFile file = placement_.file_for(lease);
  Lease changed = lease;
  changed.source = file.source();
  changed.changed = next_change();
  edit_without_index(file, lease.address, record_text(changed));
}

void StoreTransaction::remove_without_index(std::string_view network, const IpAddress& address) {
  for (const StatusFile& file : placement_.files_of(network)) edit_without_index(file, address, {});
}

void StoreTransaction::edit_without_index(const StatusFile& file, const IpAddress& address,
                                          std::string_view record) const {
  const StatusFileText present = file.text();
  std::string restored;
  if (!file.is_libvirts() && !file.exists()) restored = restored_text(file, address);
  if (present.is_absent() && record.empty() && restored.empty()) return;
  const std::string_view text = !restored.empty()     ? restored
                                : present.is_absent() ? kEmptyStatus
                                                      : present.view();
  const auto pieces = edit_status_text(text, address, record);
  if (!pieces)
    throw Error(file.path() +
                ": is damaged or cannot be read, which cannot be repaired without an index; "
                "see the other lines, then run: leasectl rebuild");
  std::ignore = file.write(*pieces);
}

std::string StoreTransaction::restored_text(const StatusFile& file, const IpAddress& without) const {
  std::vector<Lease> leases = leases_of(file.network());
  std::erase_if(leases, [&](const Lease& lease) { return lease.address == without; });
  if (leases.empty()) return {};
  log_line(file.path() + " was removed; it is written again with the leases that the index still has");
  return status_text(leases);
}

}  // namespace leases
