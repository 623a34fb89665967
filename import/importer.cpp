#include "import/importer.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/guest_names.h"
#include "import/source_changes.h"
#include "import/source_import.h"
#include "import/source_readings.h"
#include "import/source_updates.h"
#include "import/status_import.h"
#include "store/client_hardware.h"
#include "store/overlay.h"
#include "store/transaction.h"
#include "util/error.h"

namespace leases {

namespace {

/// Before the second look at sources that are being written; then twice as long each time.
constexpr std::chrono::milliseconds kFirstPause{20};

/// One transaction: the updates of all sources, and the index made from them.
class Importer {
 public:
  /// `lines` takes the warnings.
  Importer(StoreTransaction& store, const Settings& settings, ImportScope scope,
           std::vector<std::string>& lines)
      : store_(store),
        settings_(settings),
        scope_(scope),
        policy_(settings.names.fingerprint()),
        updates_(store.view()),
        sources_(settings, scope, updates_, lines),
        statuses_(store, settings, scope, sources_.undefined(), updates_, lines) {}

  ImportResult run(Readings& readings) {
    ImportResult result;
    result.is_unsettled = readings.any(SourceReading::State::unsettled);
    sources_.import(readings);
    result.failed = sources_.failed();
    const std::set<std::string> left_over = store_.left_over_networks();
    for (const std::string& network : store_.networks()) {
      if (left_over.contains(network)) {
        statuses_.remove(network);
      } else {
        statuses_.import(network);
      }
    }
    result.leases = change_index() ? lease_count_of(store_.view()) : make_index();
    result.networks = number_of_networks();
    for (const SourceUpdate& update : updates_.all()) {
      if (update.source->damaged) result.damaged.push_back(update.source->path);
    }
    return result;
  }

  [[nodiscard]] bool met_another() const { return sources_.met_another(); }

 private:
  /// Writes what few sources changed in an overlay. False if the index has to be made again, or every lease
  /// looked at.
  bool change_index() {
    if (scope_ != ImportScope::changed || statuses_.is_changed() || !store_.was_judged_by(policy_))
      return false;
    const auto changes = few_changes(store_.view(), updates_.known(), settings_.names, updates_.all());
    if (!changes) return false;
    const bool is_empty = changes->sources.empty() && changes->removed.empty() && changes->added.empty();
    return is_empty || store_.change_index(*changes);
  }

  /// Looks at every lease, and makes the index again if it is not what it should be. Returns how many there
  /// are.
  std::size_t make_index() {
    TableInput contents;
    GuestNames guests;
    const ChangeTime newest = store_.view().newest_change();
    if (newest <= kLatestChange) contents.newest_change = newest;
    contents.leases.reserve(store_.view().snapshot().lease_count());
    // A status file may have to be written, which gives it another stamp.
    for (SourceUpdate& update : updates_.all()) {
      if (update.keeps_known) fill(update);
      if (update.is_addition) fill_up(update);
    }
    for (const SourceUpdate& update : updates_.all()) {
      contents.sources.push_back(*update.source);
      contents.leases.insert(contents.leases.end(), update.leases.begin(), update.leases.end());
      for (const GuestInIndex& guest : update.guests) guests.add(guest);
    }
    name_guests(guests, contents);
    contents.guests = std::move(guests).all();
    if (updates_.is_changed() || !store_.has_index() ||
        updates_.known().all().size() != contents.sources.size())
      replace_index(contents);
    store_.note_policy(policy_);
    return contents.leases.size();
  }

  /// All sources together may have more leases than there is room for.
  void replace_index(const TableInput& contents) try {
    store_.replace_index(contents);
  } catch (const Error& error) {
    if (error.error() != ENOSPC) throw;
    const auto largest = std::ranges::max_element(
        updates_.all(), {}, [](const SourceUpdate& update) { return update.leases.size(); });
    if (largest == updates_.all().end() || largest->source->path.empty()) throw;
    throw Error(std::string(error.what()) + "; of all sources " + largest->source->path +
                    " has the most leases, " + std::to_string(largest->leases.size()),
                error.error());
  }

  /// With what the index has from the source, judged by the policy.
  void fill(SourceUpdate& update) {
    const IndexedSource& source = *update.source;
    std::vector<Lease> leases = updates_.known().leases_of(source.network, source.path);
    if (source.path.empty() && properties_of(source.kind).is_own) {
      update = statuses_.update_of(source.network, std::move(leases), source.stamp, false);
      return;
    }
    for (Lease& lease : leases) updates_.note_change(settings_.names.judge(lease));
    update.leases = std::move(leases);
    update.guests = updates_.known().guests_of(source.network, source.path);
  }

  /// With what the index has from a log at addresses of which the log says nothing new.
  void fill_up(SourceUpdate& update) {
    HashSet<IpAddress> changed(update.ended.begin(), update.ended.end());
    for (const Lease& lease : update.leases) changed.insert(lease.address);
    for (Lease lease : updates_.known().leases_of(update.source->network, update.source->path)) {
      if (changed.contains(lease.address)) continue;
      updates_.note_change(settings_.names.judge(lease));
      update.leases.push_back(lease);
    }
  }

  void name_guests(const GuestNames& guests, TableInput& contents) {
    ClientHardware clients;
    if (!guests.empty()) {
      for (const Lease& lease : contents.leases) clients.add(lease);
    }
    for (Lease& lease : contents.leases) {
      // The maps here know nothing of another host's guests.
      std::string_view guest = lease.host.empty() ? std::string_view() : lease.guest_name;
      if (!guests.empty() && lease.host.empty()) {
        const auto hardware = clients.of(lease);
        if (hardware) guest = guests.name_of(*hardware, lease.network);
      }
      const std::string_view before = lease.guest_name;
      settings_.names.name_guest(lease, guest);
      updates_.note_change(lease.guest_name != before);
      contents.newest_change = std::max(contents.newest_change, lease.changed);
    }
  }

  [[nodiscard]] std::size_t number_of_networks() {
    std::set<std::string_view> names;
    for (const SourceUpdate& update : updates_.all()) {
      if (!properties_of(update.source->kind).has_guests) names.insert(update.source->network);
    }
    return names.size();
  }

  StoreTransaction& store_;
  const Settings& settings_;
  ImportScope scope_;
  std::uint64_t policy_;  ///< its fingerprint
  SourceUpdates updates_;
  SourceImport sources_;
  StatusImport statuses_;
};

/// Hands the warnings of a transaction out after its end, each line once, also if it failed.
class Warnings {
 public:
  explicit Warnings(const ImportWarning& warn) : warn_(warn) {}

  [[nodiscard]] std::vector<std::string>& lines() { return lines_; }
  void tell() {
    for (const std::string& line : std::exchange(lines_, {})) {
      if (told_.insert(line).second) warn_(line);
    }
  }

 private:
  const ImportWarning& warn_;
  std::vector<std::string> lines_;
  std::set<std::string> told_;
};

}  // namespace

ImportResult import_files(const Settings& configured, ImportScope scope, const ImportWarning& warn,
                          std::chrono::milliseconds patience) {
  prepare_store(configured, StoreMode::import);
  const Settings settings = with_hosts_files(configured);
  for (const std::string& problem : settings.names.problems()) warn(problem);
  Warnings warnings(warn);
  SourceReader reader;
  WaitBudget for_writers(patience);
  ImportResult result;
  for (std::chrono::milliseconds pause = kFirstPause;; pause *= 2, scope = ImportScope::changed) {
    const PresentIndex index(settings);
    const SourcesInIndex known(index.sources(), [&] { return index.view(); });
    Readings readings(settings, known, reader, scope);
    bool met_another = false;
    result.is_unsettled = readings.any(SourceReading::State::unsettled);
    if (pause == kFirstPause || readings.any_news()) {
      try {
        const LockWait wait{{}, [&](std::string_view line) { warn(std::string(line)); }};
        StoreTransaction store(settings, StoreMode::import, wait);
        Importer importer(store, settings, scope, warnings.lines());
        result = importer.run(readings);
        met_another = importer.met_another();
      } catch (const Error&) {
        warnings.tell();
        throw;
      }
      warnings.tell();
    }
    if (!result.is_unsettled && !met_another) return result;
    if (for_writers.pause(pause)) continue;
    if (met_another) ++result.failed;
    return result;
  }
}

}  // namespace leases
