#include "store/transaction.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "store/damaged_file.h"
#include "store/file_stamp.h"
#include "store/network_name.h"
#include "store/policy_note.h"
#include "store/source_place.h"
#include "store/status_array.h"
#include "store/status_text.h"
#include "store/store_error.h"
#include "util/error.h"
#include "util/file.h"
#include "util/log.h"
#include "util/mapped_file.h"
#include "util/new_file.h"
#include "util/privileges.h"

namespace leases {

namespace {

Directory open_state_directory(const Settings& settings) {
  require_directories(settings);
  return at_store(settings.state_directory,
                  [&] { return Directory::open_or_create(settings.state_directory); });
}

std::optional<Directory> open_libvirt_directory(const Settings& settings, StoreMode use) {
  if (use != StoreMode::libvirt || settings.libvirt_directory.empty()) return {};
  return Directory::open_existing(settings.libvirt_directory);
}

/// For a user that this process is going to become, and who could not make it.
void make_runtime_directory(const std::string& path, const Directory& state_directory) {
  const struct stat owner = state_directory.status();
  if (::geteuid() != 0 || owner.st_uid == 0 || ::mkdir(path.c_str(), 0755) != 0) return;
  const FileDescriptor made(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (made.number() < 0 || ::fchown(made.number(), owner.st_uid, owner.st_gid) != 0)
    throw errno_error(path, "cannot be given to the owner of " + state_directory.path(), errno);
}

void make_runtime_directory_and_drop_privileges(const Settings& settings, const Directory& state_directory,
                                                StoreMode use) {
  at_store(settings.state_directory, [&] {
    make_runtime_directory(settings.runtime_directory, state_directory);
    drop_privileges(state_directory,
                    use == StoreMode::import ? Capabilities::read_any_file : Capabilities::none);
  });
}

StoreLock lock_of(const Settings& settings, Directory& state_directory, StoreMode use, const LockWait& wait) {
  make_runtime_directory_and_drop_privileges(settings, state_directory, use);
  return StoreLock(state_directory, wait);
}

/// The text of a status file, mapped. The mapping keeps it when another file takes its place.
class StatusFile {
 public:
  StatusFile(const Directory& directory, const std::string& name) {
    const FileDescriptor file = directory.open(name, O_RDONLY);
    struct stat status {};
    // What stands in the file's place is replaced; what could not be looked at must not be.
    is_absent_ = file.number() < 0 && errno == ENOENT;
    if (file.number() < 0 && is_path_error(errno)) return;
    if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
      throw errno_error(directory.path_of(name), "cannot be opened", errno);
    if (!S_ISREG(status.st_mode)) return;
    is_absent_ = status.st_size <= 0;
    if (is_absent_) return;
    region_ = map_file(file, directory.path_of(name), static_cast<std::size_t>(status.st_size), Access::read);
  }

  /// An empty file is as good as none.
  [[nodiscard]] bool is_absent() const { return is_absent_; }
  /// Empty if there is none, or something that is no file that can be read.
  [[nodiscard]] std::string_view text() const {
    return {static_cast<const char*>(region_.get_address()), region_.get_size()};
  }

 private:
  boost::interprocess::mapped_region region_;
  bool is_absent_ = true;
};

layout::FileStamp stamp_in(const Directory& directory, const std::string& name) {
  const auto status = directory.status_of(name);
  return status ? stamp_of(*status) : layout::FileStamp{};
}

layout::FileStamp write_durably(const Directory& directory, const std::string& name,
                                std::span<const std::string_view> pieces) {
  return at_store(directory.path(), [&] {
    NewFile file(directory, name);
    file.write(pieces);
    file.sync();
    const layout::FileStamp stamp = stamp_of(file.put_in_place());
    directory.sync();
    return stamp;
  });
}

/// The time of change that comes next after another one: there is none after the latest.
ChangeTime next_after(ChangeTime time) {
  return time < kLatestChange ? ChangeTime{time.nanoseconds + 1} : kLatestChange;
}

}  // namespace

void prepare_store(const Settings& settings, StoreMode use) {
  const Directory state_directory = open_state_directory(settings);
  make_runtime_directory_and_drop_privileges(settings, state_directory, use);
}

std::string status_name(std::string_view network) {
  return std::string(network).append(kStatusSuffix);
}

std::vector<std::string> networks_in(const Directory& state_directory) {
  std::vector<std::string> networks;
  for (const std::string& name : state_directory.names()) {
    if (!name.ends_with(kStatusSuffix)) continue;
    std::string network = name.substr(0, name.size() - kStatusSuffix.size());
    if (is_network_name(network)) networks.push_back(std::move(network));
  }
  return networks;
}

StoreTransaction::StoreTransaction(const Settings& settings, StoreMode use, const LockWait& wait)
    : state_directory_(open_state_directory(settings)),
      libvirt_directory_(open_libvirt_directory(settings, use)),
      lock_(lock_of(settings, state_directory_, use, wait)) {
  // As another user, who may not write there: better a network of our own than none.
  writes_to_libvirt_ = libvirt_directory_ && libvirt_directory_->is_writable();
  open_index(settings, use);
}

/// The runtime directory may have been wiped, or made anew, before the lock was ours.
void StoreTransaction::open_index(const Settings& settings, StoreMode use) {
  try {
    at_store(settings.runtime_directory, [&] {
      runtime_directory_ = Directory::open_or_create(settings.runtime_directory);
      use_index();
    });
    return;
  } catch (const Error& error) {
    // An event can be noted without the index. An import would lose what only that knows.
    if (use == StoreMode::import) throw IndexError(error);
  }
  if (!runtime_directory_) return;
  try {
    std::string problem;
    unwritable_index_ = WritableIndex::open(*runtime_directory_, Access::read, problem);
    if (unwritable_index_) view_ = *IndexView::of(unwritable_index_->index());
  } catch (const Error&) {
    // It can be done without.
  }
}

void StoreTransaction::use_index() {
  std::string problem;
  view_ = {};
  index_ = WritableIndex::open(*runtime_directory_, Access::write, problem);
  if (index_) view_ = *IndexView::of(index_->index());
}

layout::FileStamp StoreTransaction::present_stamp(std::string_view network) const {
  return stamp_in(state_directory_, status_name(network));
}

std::vector<std::string> StoreTransaction::homes_of(std::string_view network) const {
  if (!writes_to_libvirt_) return {std::string()};
  return {libvirt_directory_->path_of(status_name(network)), std::string()};
}

/// libnss_libvirt answers nothing at all when it meets a lease without a MAC address.
std::string StoreTransaction::home_of(const Lease& lease) const {
  return writes_to_libvirt_ && lease.hardware ? homes_of(lease.network).front() : std::string();
}

const Directory& StoreTransaction::directory_of(std::string_view home) const {
  return home.empty() ? state_directory_ : *libvirt_directory_;
}

bool StoreTransaction::keeps(const Lease& lease) const {
  return lease.source.empty() ||
         (libvirt_directory_ && lease.source == libvirt_directory_->path_of(status_name(lease.network)));
}

bool StoreTransaction::writes(const Lease& lease) const {
  return lease.source.empty() || (writes_to_libvirt_ && keeps(lease));
}

bool StoreTransaction::knows(std::string_view network, std::string_view path,
                             const layout::FileStamp& present) const {
  const auto known = known_source(view_, network, path);
  return (known ? known->stamp : layout::FileStamp{}) == present;
}

bool StoreTransaction::is_current(std::string_view network) const {
  return index_ && knows(network, {}, present_stamp(network)) &&
         (!writes_to_libvirt_ || is_current_for_libvirt(network));
}

bool StoreTransaction::is_current_for_libvirt(std::string_view network) const {
  if (!libvirt_directory_) return true;
  const std::array names{status_name(network), std::string(network).append(kMacMapSuffix)};
  return index_ && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
           const std::string path = libvirt_directory_->path_of(name);
           return knows(network, path, stamp_at(path).value_or(layout::FileStamp{}));
         });
}

bool StoreTransaction::is_current() const {
  const auto all = networks();
  return index_ && std::all_of(all.begin(), all.end(),
                               [this](const std::string& network) { return is_current(network); });
}

bool StoreTransaction::lacks_file(std::string_view network) const {
  const auto all = networks();
  return std::any_of(all.begin(), all.end(), [&](const std::string& candidate) {
    return (network.empty() || candidate == network) && !state_directory_.status_of(status_name(candidate)) &&
           !leases_of(candidate).empty();
  });
}

bool StoreTransaction::knows_undefined_network() const {
  const auto all = known_sources(view_);
  return std::any_of(all.begin(), all.end(), [](const IndexedSource& source) {
    struct stat status {};
    return source.kind == SourceKind::libvirt_status && ::lstat(source.path.c_str(), &status) != 0 &&
           errno == ENOENT;
  });
}

bool StoreTransaction::lacks_libvirts_file(std::string_view network) const {
  return writes_to_libvirt_ && !libvirt_directory_->status_of(status_name(network));
}

std::vector<std::string> StoreTransaction::networks() const {
  std::vector<std::string> networks = networks_in(state_directory_);
  for (const Table* table : {&view_.overlay(), &view_.snapshot()}) {
    for (std::uint32_t i = 0; i < table->source_count(); ++i) {
      // These become names of files, and the index may be damaged.
      const std::string_view name = table->network_of(i);
      if (is_network_name(name) && table->path_of(i).empty()) networks.emplace_back(name);
    }
  }
  std::sort(networks.begin(), networks.end());
  networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
  return networks;
}

std::optional<Lease> StoreTransaction::find_in(std::string_view home, std::string_view network,
                                               const IpAddress& address) const {
  const IndexView::Records records = view_.find(address);
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (lease.network == network && lease.source == home) return lease;
  }
  return {};
}

std::optional<Lease> StoreTransaction::find(std::string_view network, const IpAddress& address) const {
  std::optional<Lease> latest;
  for (const std::string& home : homes_of(network)) {
    const auto lease = find_in(home, network, address);
    if (lease && (!latest || changed_before(*latest, *lease))) latest = lease;
  }
  return latest;
}

std::vector<Lease> StoreTransaction::leases_of(std::string_view network, std::string_view source) const {
  std::vector<Lease> leases;
  view_.for_each_lease([&](const Lease& lease) {
    if (lease.network == network && lease.source == source) leases.push_back(lease);
  });
  std::sort(leases.begin(), leases.end(), changed_before);
  return leases;
}

ChangeTime StoreTransaction::next_change() const {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  const ChangeTime present{static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
                           static_cast<std::uint64_t>(time.tv_nsec)};
  return std::max(present, next_after(view_.newest_change()));
}

bool StoreTransaction::put(const Lease& lease) {
  const std::string home = home_of(lease);
  bool changed = put_in(home, lease);
  // It is in its new file before it goes from the other one, so that it is never in neither.
  for (const std::string& other : homes_of(lease.network)) {
    if (other != home) changed = remove_from(other, lease.network, lease.address) || changed;
  }
  return changed;
}

bool StoreTransaction::remove(std::string_view network, const IpAddress& address) {
  bool changed = false;
  for (const std::string& home : homes_of(network)) changed = remove_from(home, network, address) || changed;
  return changed;
}

/// As it is known: a file that was damaged must be put aside before it is written.
IndexedSource StoreTransaction::source_in(std::string_view home, std::string_view network) const {
  const auto known = known_source(view_, network, home);
  if (known) return *known;
  const auto kind = home.empty() ? SourceKind::status : SourceKind::libvirt_status;
  return {std::string(network), {}, kind, std::string(home)};
}

bool StoreTransaction::put_in(std::string_view home, const Lease& lease) {
  const auto before = find_in(home, lease.network, lease.address);
  const IndexedSource source = source_in(home, lease.network);
  // A damaged file is mended as soon as possible: libvirt's readers answer nothing at all because of it.
  if (before && equal_but_for_time(*before, lease) && !source.damaged) return false;
  Lease after = lease;
  after.source = home;
  after.changed = next_change();
  commit({source, lease.address, before, after});
  return true;
}

bool StoreTransaction::remove_from(std::string_view home, std::string_view network,
                                   const IpAddress& address) {
  const auto before = find_in(home, network, address);
  if (!before && !holds_unread_record(home, network, address)) return false;
  commit({source_in(home, network), address, before, {}});
  return true;
}

/// Libvirt's file may have records that the index does not know, because they could not be read. They go as
/// they would with libvirt's helper.
bool StoreTransaction::holds_unread_record(std::string_view home, std::string_view network,
                                           const IpAddress& address) const {
  if (home.empty()) return false;
  const StatusFile file(directory_of(home), status_name(network));
  if (!may_hold_record(file.text(), address)) return false;
  const auto elements = array_elements(file.text());
  return elements && std::ranges::any_of(*elements, [&](std::string_view element) {
           return address_of_element(element) == address;
         });
}

void StoreTransaction::remove_expired(const NetworkFilter& is_chosen, EpochSeconds now) {
  const auto is_over = [&](const Lease& lease) {
    return lease.expiry.over_at(now) && is_chosen(lease.network) && writes(lease);
  };
  TableInput contents = current_snapshot(view_);
  std::set<std::pair<std::string, std::string>> changed;
  for (const Lease& lease : contents.leases) {
    if (is_over(lease)) changed.emplace(lease.network, lease.source);
  }
  if (changed.empty()) return;
  std::erase_if(contents.leases, is_over);
  for (IndexedSource& candidate : contents.sources) {
    if (!changed.contains({candidate.network, candidate.path})) continue;
    const std::vector<Lease> leases = leases_of(candidate.network, candidate.path);
    std::vector<Lease> kept;
    std::vector<IpAddress> over;
    for (const Lease& lease : leases) {
      if (is_over(lease)) {
        over.push_back(lease.address);
      } else {
        kept.push_back(lease);
      }
    }
    const auto edit = [&](std::string_view text) { return remove_records(text, over); };
    candidate.stamp = edit_or_write(candidate, edit, [&] { return kept; });
    candidate.damaged = false;
    candidate.content = 0;
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
  std::stable_sort(leases.begin(), leases.end(), changed_before);
  TableInput contents = current_snapshot(view_);
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
    if (source_in({}, network).damaged) set_damaged_aside(state_directory_, status_name(network));
    contents.sources.push_back({network, write_status(network, own)});
  }
  for (const Lease& lease : leases) contents.newest_change = std::max(contents.newest_change, lease.changed);
  contents.leases.insert(contents.leases.end(), leases.begin(), leases.end());
  replace_index(contents);
}

void StoreTransaction::start_libvirt_network(std::string_view network) {
  if (!lacks_libvirts_file(network)) return;
  for (const Lease& lease : leases_of(network)) remove_from({}, network, lease.address);
  write_status_in(homes_of(network).front(), network, {});
}

void StoreTransaction::put_without_index(const Lease& lease) {
  Lease changed = lease;
  const std::string home = home_of(lease);
  changed.source = home;
  changed.changed = next_change();
  edit_file_only(home, lease.network, lease.address, record_text(changed));
}

void StoreTransaction::remove_without_index(std::string_view network, const IpAddress& address) {
  for (const std::string& home : homes_of(network)) edit_file_only(home, network, address, {});
}

void StoreTransaction::edit_file_only(std::string_view home, std::string_view network,
                                      const IpAddress& address, std::string_view record) {
  const Directory& directory = directory_of(home);
  const std::string name = status_name(network);
  const StatusFile file(directory, name);
  std::string restored;
  if (home.empty() && !directory.status_of(name)) restored = known_text(network, address);
  if (file.is_absent() && record.empty() && restored.empty()) return;
  const std::string_view text = !restored.empty() ? restored : file.is_absent() ? kEmptyStatus : file.text();
  const auto pieces = edit_status_text(text, address, record);
  if (!pieces)
    throw Error(directory.path_of(name) +
                ": is damaged or cannot be read, which cannot be mended without an index; "
                "see the other lines, then run: leasectl rebuild");
  write_durably(directory, name, *pieces);
}

std::string StoreTransaction::known_text(std::string_view network, const IpAddress& but) const {
  std::vector<Lease> leases = leases_of(network);
  std::erase_if(leases, [&](const Lease& lease) { return lease.address == but; });
  if (leases.empty()) return {};
  log_line(state_directory_.path_of(status_name(network)) +
           " was removed; it is written again with the leases that the index still has");
  return status_text(leases);
}

void StoreTransaction::commit(LeaseChange change) {
  change.source.stamp = edit_status(change);
  change.source.damaged = false;
  change.source.content = 0;
  if (index_->publish(build_table(next_overlay(view_, change)))) {
    view_ = *IndexView::of(index_->index());
    return;
  }
  try {
    replace_index(next_snapshot(view_, change));
  } catch (const IndexError& error) {
    // The truth is told, and from its stamp the next transaction sees that the index is not up to date.
    index_problem_ = error.what();
  }
}

layout::FileStamp StoreTransaction::edit_status(const LeaseChange& change) {
  const IndexedSource& source = change.source;
  const std::string record = change.after ? record_text(*change.after) : std::string();
  // What the index does not know of libvirt's file may be there all the same.
  const bool may_be_there = change.before || !source.path.empty();
  const auto removed = may_be_there ? std::optional(change.address) : std::nullopt;
  const auto edit = [&](std::string_view text) { return edit_status_text(text, removed, record); };
  return edit_or_write(source, edit, [&] {
    std::vector<Lease> leases = leases_of(source.network, source.path);
    std::erase_if(leases, [&](const Lease& lease) { return lease.address == change.address; });
    if (change.after) leases.push_back(*change.after);
    return leases;
  });
}

layout::FileStamp StoreTransaction::edit_or_write(const IndexedSource& source, const TextEdit& edit,
                                                  const std::function<std::vector<Lease>()>& leases) {
  const Directory& directory = directory_of(source.path);
  const std::string name = status_name(source.network);
  bool is_kept_aside = source.damaged;
  if (!source.damaged) {
    const StatusFile file(directory, name);
    const auto pieces = file.text().empty() ? std::nullopt : edit(file.text());
    if (pieces) return write_durably(directory, name, *pieces);
    // What is in libvirt's file need not be in the index.
    is_kept_aside = !source.path.empty() && !file.text().empty();
  }
  if (is_kept_aside) set_damaged_aside(directory, name);
  return write_status_in(source.path, source.network, leases());
}

layout::FileStamp StoreTransaction::write_status(std::string_view network, const std::vector<Lease>& leases) {
  return write_status_in({}, network, leases);
}

layout::FileStamp StoreTransaction::write_status_in(std::string_view home, std::string_view network,
                                                    const std::vector<Lease>& leases) {
  const std::string text = status_text(leases);
  return write_durably(directory_of(home), status_name(network), std::array{std::string_view(text)});
}

bool StoreTransaction::change_index(const IndexChanges& changes) {
  if (!index_ || index_->index().superseded()) return false;
  if (!index_->publish(build_table(next_overlay(view_, changes)))) return false;
  view_ = *IndexView::of(index_->index());
  return true;
}

bool StoreTransaction::was_judged_by(std::uint64_t policy) const {
  return index_ && PolicyNote(*runtime_directory_).says(*index_, policy);
}

void StoreTransaction::note_policy(std::uint64_t policy) const {
  if (index_ && !was_judged_by(policy)) PolicyNote(*runtime_directory_).write(*index_, policy);
}

void StoreTransaction::replace_index(const TableInput& snapshot) {
  try {
    at_store(runtime_directory_->path(), [&] {
      PolicyNote(*runtime_directory_).remove();
      WritableIndex::replace(*runtime_directory_, build_table(snapshot), index_);
      use_index();
    });
    if (!index_) {
      throw Error(
          runtime_directory_->path() +
          ": an index in it would not be believed; make it a directory that only its owner can write");
    }
  } catch (const Error& error) {
    throw IndexError(error);
  }
}

}  // namespace leases
