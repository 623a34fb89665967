#include "helper/lease_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <functional>
#include <set>

#include "helper/mapped_file.h"
#include "helper/network_name.h"
#include "helper/privileges.h"
#include "helper/status_text.h"

namespace leases {

namespace {

Directory open_runtime_directory(const std::string& path, const Directory& state_directory) {
  Directory directory = Directory::open_or_create(path);
  drop_privileges(state_directory);
  return directory;
}

/// The text of a status file, mapped. The mapping keeps it when another file takes its place.
class StatusFile {
 public:
  StatusFile(const Directory& directory, const std::string& name) {
    const FileDescriptor file = directory.open(name, O_RDONLY);
    struct stat status {};
    if (file.number() < 0 || ::fstat(file.number(), &status) != 0 || status.st_size <= 0) return;
    region_ = map_file(file, directory.path_of(name), static_cast<std::size_t>(status.st_size), Access::read);
  }

  [[nodiscard]] bool exists() const { return region_.get_size() > 0; }
  [[nodiscard]] std::string_view text() const {
    return {static_cast<const char*>(region_.get_address()), region_.get_size()};
  }

 private:
  boost::interprocess::mapped_region region_;
};

bool same_but_for_time(const Lease& a, const Lease& b) {
  return a.network == b.network && a.address == b.address && a.hardware == b.hardware &&
         a.hostname == b.hostname && a.name_refused == b.name_refused && a.domain == b.domain &&
         a.iaid == b.iaid && a.expiry == b.expiry && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid);
}

}  // namespace

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

std::optional<layout::FileStamp> known_stamp(const IndexView& view, std::string_view network) {
  for (const Table* table : {&view.overlay(), &view.snapshot()}) {
    for (std::uint32_t i = 0; i < table->network_count(); ++i) {
      if (table->network_name(i) == network) return table->network(i).stamp;
    }
  }
  return {};
}

EpochSeconds now() {
  return {static_cast<std::uint64_t>(std::time(nullptr))};
}

LeaseStore::LeaseStore(const Settings& settings)
    : state_directory_(Directory::open_or_create(settings.state_directory)),
      runtime_directory_(open_runtime_directory(settings.runtime_directory, state_directory_)),
      lock_(runtime_directory_) {
  open_index();
}

void LeaseStore::open_index() {
  std::string problem;
  view_ = {};
  index_ = IndexFile::open(runtime_directory_, Access::write, problem);
  if (index_) view_ = *IndexView::of(index_->index());
}

layout::FileStamp LeaseStore::present_stamp(std::string_view network) const {
  const auto status = state_directory_.status_of(status_name(network));
  return status ? stamp_of(*status) : layout::FileStamp{};
}

bool LeaseStore::is_current(std::string_view network) const {
  return index_ && known_stamp(view_, network).value_or(layout::FileStamp{}) == present_stamp(network);
}

bool LeaseStore::is_current() const {
  const auto all = networks();
  return index_ && std::all_of(all.begin(), all.end(),
                               [this](const std::string& network) { return is_current(network); });
}

std::vector<std::string> LeaseStore::networks() const {
  std::vector<std::string> networks = networks_in(state_directory_);
  for (const Table* table : {&view_.overlay(), &view_.snapshot()}) {
    for (std::uint32_t i = 0; i < table->network_count(); ++i) {
      // These become names of files, and the index may be damaged.
      const std::string_view name = table->network_name(i);
      if (is_network_name(name)) networks.emplace_back(name);
    }
  }
  std::sort(networks.begin(), networks.end());
  networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
  return networks;
}

std::optional<Lease> LeaseStore::find(std::string_view network, const IpAddress& address) const {
  const IndexView::Records records = view_.find(address);
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (lease.network == network) return lease;
  }
  return {};
}

std::vector<Lease> LeaseStore::leases_of(std::string_view network) const {
  std::vector<Lease> leases;
  view_.for_each_lease([&](const Lease& lease) {
    if (lease.network == network) leases.push_back(lease);
  });
  std::sort(leases.begin(), leases.end(), changed_before);
  return leases;
}

ChangeTime LeaseStore::next_change() const {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  const ChangeTime present{static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
                           static_cast<std::uint64_t>(time.tv_nsec)};
  return std::max(present, ChangeTime{view_.newest_change().nanoseconds + 1});
}

bool LeaseStore::put(const Lease& lease) {
  const auto before = find(lease.network, lease.address);
  if (before && same_but_for_time(*before, lease)) return false;
  Lease after = lease;
  after.changed = next_change();
  commit({{std::string(lease.network), {}}, lease.address, before, after});
  return true;
}

bool LeaseStore::remove(std::string_view network, const IpAddress& address) {
  const auto before = find(network, address);
  if (!before) return false;
  commit({{std::string(network), {}}, address, before, {}});
  return true;
}

void LeaseStore::remove_expired(std::string_view network, EpochSeconds now) {
  const auto is_over = [&](const Lease& lease) {
    return (network.empty() || lease.network == network) && lease.expiry.over_at(now);
  };
  TableContents contents = snapshot_of(view_);
  std::set<std::string, std::less<>> changed;
  for (const Lease& lease : contents.leases) {
    if (is_over(lease)) changed.emplace(lease.network);
  }
  if (changed.empty()) return;
  std::erase_if(contents.leases, is_over);
  for (NetworkStamp& candidate : contents.networks) {
    if (!changed.contains(candidate.name)) continue;
    std::vector<Lease> leases = leases_of(candidate.name);
    std::erase_if(leases, is_over);
    candidate.stamp = write_status(candidate.name, leases);
  }
  replace_index(contents);
}

void LeaseStore::put_in_file_only(const Lease& lease) {
  Lease changed = lease;
  changed.changed = next_change();
  edit_file_only(lease.network, lease.address, record_text(changed));
}

void LeaseStore::remove_in_file_only(std::string_view network, const IpAddress& address) {
  edit_file_only(network, address, {});
}

void LeaseStore::edit_file_only(std::string_view network, const IpAddress& address, std::string_view record) {
  const std::string name = status_name(network);
  const StatusFile file(state_directory_, name);
  if (!file.exists() && record.empty()) return;
  // A record that is appended counts for more than one of the same address before it.
  auto pieces = file.exists() ? edit_status_text(file.text(), address, record) : std::nullopt;
  if (!pieces) pieces = edit_status_text(file.exists() ? file.text() : kEmptyStatus, {}, record);
  if (!pieces)
    throw StoreError(state_directory_.path_of(name) + ": is damaged, and cannot be mended without an index");
  write_durably(name, *pieces);
}

void LeaseStore::commit(LeaseChange change) {
  change.network.stamp = edit_status(change);
  if (index_->publish(build_table(overlay_with(view_, change)))) {
    view_ = *IndexView::of(index_->index());
  } else {
    replace_index(snapshot_with(view_, change));
  }
}

layout::FileStamp LeaseStore::edit_status(const LeaseChange& change) {
  const std::string name = status_name(change.network.name);
  const std::string record = change.after ? record_text(*change.after) : std::string();
  const auto removed = change.before ? std::optional(change.address) : std::nullopt;
  if (const StatusFile file(state_directory_, name); file.exists()) {
    if (const auto pieces = edit_status_text(file.text(), removed, record))
      return write_durably(name, *pieces);
  }
  std::vector<Lease> leases = leases_of(change.network.name);
  std::erase_if(leases, [&](const Lease& lease) { return lease.address == change.address; });
  if (change.after) leases.push_back(*change.after);
  return write_status(change.network.name, leases);
}

layout::FileStamp LeaseStore::write_status(std::string_view network, const std::vector<Lease>& leases) {
  const std::string text = status_text(leases);
  return write_durably(status_name(network), std::array{std::string_view(text)});
}

layout::FileStamp LeaseStore::write_durably(const std::string& name,
                                            std::span<const std::string_view> pieces) {
  NewFile file(state_directory_, name);
  file.write(pieces);
  file.sync();
  const layout::FileStamp stamp = file.put_in_place();
  state_directory_.sync();
  return stamp;
}

void LeaseStore::replace_index(const TableContents& snapshot) {
  IndexFile::replace(runtime_directory_, build_table(snapshot), index_);
  open_index();
  if (!index_) {
    throw StoreError(
        runtime_directory_.path() +
        ": an index in it would not be believed; make it a directory that only its owner can write");
  }
}

}  // namespace leases
