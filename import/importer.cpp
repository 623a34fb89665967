#include "import/importer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/table.h"
#include "import/guest_names.h"
#include "import/source_changes.h"
#include "import/source_readings.h"
#include "import/sources_in_index.h"
#include "store/client_hardware.h"
#include "store/file_stamp.h"
#include "store/freshness.h"
#include "store/overlay.h"
#include "store/status_file.h"
#include "store/transaction.h"
#include "util/clock.h"
#include "util/regular_file.h"

namespace leases {

namespace {

/// Before the second look at sources that are being written; then twice as long each time.
constexpr std::chrono::milliseconds kFirstPause{20};

ParsedFile parse_status_file(const RegularFile& file, std::string_view network) {
  ParsedFile unreadable;
  unreadable.damage = "is not a file that can be read";
  if (!file.read()) return unreadable;
  const std::int64_t modified = std::max<std::int64_t>(stamp_of(file.status).modified_ns, 0);
  return parse_status(file.text, network, {static_cast<std::uint64_t>(modified)});
}

/// One transaction.
class Importer {
 public:
  /// `lines` takes the warnings.
  Importer(StoreTransaction& store, const Settings& settings, ImportScope scope,
           std::vector<std::string>& lines)
      : store_(store),
        settings_(settings),
        scope_(scope),
        lines_(lines),
        known_(store.view()),
        policy_(settings.names.fingerprint()) {}

  ImportResult run(Readings& readings) {
    result_.is_unsettled = readings.any(SourceReading::State::unsettled);
    for (const std::string& problem : readings.files.problems) warn(problem);
    result_.failed = readings.files.failed;
    for (Reading& reading : readings.list) merge(reading);
    keep_what_cannot_be_seen(readings);
    for (const std::string& network : store_.networks()) import(network);
    if (!change_index()) make_index();
    result_.networks = number_of_networks();
    for (const SourceUpdate& update : updates_) {
      if (update.source->damaged) result_.damaged.push_back(update.source->path);
    }
    return std::move(result_);
  }

  /// Whether another import changed what a reading was based on. What that made of it was kept.
  [[nodiscard]] bool met_another() const { return met_another_; }

 private:
  /// What few sources changed, in an overlay. False if all is to be made anew, or looked at.
  bool change_index() {
    const bool is_known = scope_ == ImportScope::changed && !status_changed_ && store_.was_judged_by(policy_);
    const auto changes =
        is_known ? few_changes(store_.view(), known_, settings_.names, updates_) : std::nullopt;
    if (!changes) return false;
    const bool is_empty = changes->sources.empty() && changes->removed.empty() && changes->added.empty();
    if (!is_empty && !store_.change_index(*changes)) return false;
    result_.leases = lease_count_of(store_.view());
    return true;
  }

  /// Looks at every lease, and makes the index anew if it is not what it should be.
  void make_index() {
    contents_.newest_change = store_.view().newest_change();
    contents_.leases.reserve(store_.view().snapshot().lease_count());
    // A status file may have to be written, which gives it another stamp.
    for (SourceUpdate& update : updates_) {
      if (update.keeps_known) fill(update);
    }
    for (const SourceUpdate& update : updates_) {
      contents_.sources.push_back(*update.source);
      contents_.leases.insert(contents_.leases.end(), update.leases.begin(), update.leases.end());
      for (const GuestInIndex& guest : update.guests) guests_.add(guest, !refusal_of(guest.name));
    }
    name_guests();
    contents_.guests = std::move(guests_).all();
    if (changed_ || !store_.has_index() || known_.all().size() != contents_.sources.size())
      store_.replace_index(contents_);
    store_.note_policy(policy_);
    result_.leases = contents_.leases.size();
  }

  using Leases = std::vector<Lease>;
  using ByAddress = std::unordered_map<IpAddress, Lease, AddressHash>;

  void warn(std::string line) { lines_.push_back(std::move(line)); }

  // Sources: they are only read.

  void merge(Reading& reading) {
    const SourceFile& file = reading.file;
    if (copy_of(known_.find(file.network, file.path)) != reading.base) {
      // Which of the two is newer nobody can tell.
      met_another_ = true;
      keep_known(file.network, file.path);
      return;
    }
    switch (reading.contents.state) {
      case SourceReading::State::gone:
        break;
      case SourceReading::State::failed:
        ++result_.failed;
        warn(file.path + ' ' + reading.contents.damage);
        keep_known(file.network, file.path);
        break;
      case SourceReading::State::unchanged_stamp:
      case SourceReading::State::unsettled:
        keep_known(file.network, file.path);
        break;
      case SourceReading::State::same:
      case SourceReading::State::read:
        take(reading);
        break;
    }
  }

  /// The user that dnsmasq runs the helper as may not be let into each directory that root reads. While
  /// something is wrong with the configuration, it does not say what is no source any more. And what another
  /// import added meanwhile is for the next to judge.
  void keep_what_cannot_be_seen(const Readings& readings) {
    using Key = std::pair<std::string_view, std::string_view>;
    std::set<std::string_view> paths;
    std::set<Key> before;
    for (const SourceFile& file : readings.files.files) paths.insert(file.path);
    for (const IndexedSource& source : readings.known) before.emplace(source.network, source.path);
    for (const IndexedSource& known : known_.all()) {
      const auto holds_it = [&](const std::string& directory) {
        return known.path.starts_with(directory) &&
               (directory.ends_with('/') || known.path.substr(directory.size()).starts_with('/'));
      };
      const bool may_be_one = !settings_.problems.empty() || !before.contains({known.network, known.path}) ||
                              std::ranges::any_of(readings.files.unlisted, holds_it);
      if (!known.path.empty() && may_be_one && !paths.contains(known.path)) {
        keep_known(known.network, known.path);
      } else if (properties_of(known.kind).ends_with_network && !may_be_one &&
                 holds_it(settings_.libvirt_directory) && !paths.contains(known.path)) {
        undefined_.insert(known.network);
      }
    }
  }

  /// What the index has from a source, if anything, as it has it, or under another stamp.
  void keep_known(std::string_view network, std::string_view path, const IndexedSource* as = nullptr) {
    const IndexedSource* known = known_.find(network, path);
    if (known == nullptr) return;
    updates_.push_back({as != nullptr ? &sources_.emplace_back(*as) : known, known, true});
  }

  /// What is kept of a source, as the policy has it.
  void fill(SourceUpdate& update) {
    const auto& [network, stamp, kind, path, content, damaged] = *update.source;
    Leases leases = known_.leases_of(network, path);
    if (path.empty() && properties_of(kind).is_own) {
      update = status_update(network, std::move(leases), stamp, false);
      return;
    }
    for (Lease& lease : leases) changed_ = apply_policy(lease) || changed_;
    update.leases = std::move(leases);
    update.guests = known_.guests_of(network, path);
  }

  void take(Reading& reading) {
    const auto& [file, base, contents] = reading;
    const IndexedSource source{file.network, contents.stamp, file.kind,
                               file.path,    contents.hash,  !contents.damage.empty()};
    // What was taken for another kind of file tells nothing.
    const bool is_known = base && base->kind == file.kind;
    if (scope_ == ImportScope::changed && is_known && base == source) {
      // It still cannot be read, and that was said.
      keep_known(file.network, file.path);
      return;
    }
    changed_ = true;
    const bool keeps = is_known && (contents.state == SourceReading::State::same || source.damaged);
    if (source.damaged) {
      warn(file.path + ' ' + contents.damage +
           (keeps ? "; what was read from it before stays until it can be read whole"
                  : "; what can be read of it is used"));
    }
    if (keeps) {
      keep_known(file.network, file.path, &source);
    } else {
      replace(sources_.emplace_back(source), reading.contents, is_known);
    }
  }

  void replace(const IndexedSource& source, SourceReading& contents, bool is_known) {
    const ByAddress before =
        is_known ? by_address(known_.leases_of(source.network, source.path)) : ByAddress();
    tell_problems(source.path, contents, before);
    for (Lease& lease : contents.parsed.leases) {
      lease.network = source.network;
      lease.source = source.path;
      apply_policy(lease);
      keep_time(lease, before);
    }
    SourceUpdate& update =
        updates_.emplace_back(SourceUpdate{&source, known_.find(source.network, source.path), false});
    update.leases = std::move(contents.parsed.leases);
    for (const Guest& guest : contents.parsed.guests) {
      warn_of_refused(guest, source);
      update.guests.push_back({guest.hardware, guest.name, source.network, source.path});
    }
  }

  /// What is wrong with a record that is kept is told when that comes, not each time the file changes.
  void tell_problems(const std::string& path, const SourceReading& contents, const ByAddress& before) {
    std::vector<RecordProblem> problems = contents.problems;
    std::erase_if(problems, [&](const RecordProblem& problem) {
      return problem.kept && before.contains(*problem.kept);
    });
    if (!problems.empty()) warn(path + ": " + text_of(problems));
  }

  /// A lease that is as it was has not changed, whatever else did in its file. Its guest is looked up later.
  static void keep_time(Lease& lease, const ByAddress& before) {
    const auto known = before.find(lease.address);
    if (known == before.end()) return;
    Lease same = known->second;
    same.guest_name = {};
    if (equal_but_for_time(same, lease)) lease.changed = same.changed;
  }

  void name_guests() {
    ClientHardware clients;
    if (!guests_.empty()) {
      for (const Lease& lease : contents_.leases) clients.add(lease);
    }
    for (Lease& lease : contents_.leases) {
      std::string_view guest;
      if (!guests_.empty()) {
        const auto hardware = clients.of(lease);
        if (hardware) guest = guests_.name_of(*hardware, lease.network);
      }
      changed_ = changed_ || guest != lease.guest_name;
      lease.guest_name = guest;
      contents_.newest_change = std::max(contents_.newest_change, lease.changed);
    }
  }

  [[nodiscard]] std::optional<std::string> refusal_of(std::string_view guest) const {
    return settings_.names.refusal(label_of(guest));
  }

  void warn_of_refused(const Guest& guest, const IndexedSource& map) {
    if (const auto refusal = refusal_of(guest.name))
      warn(map.path + ": the guest '" + std::string(guest.name) + "' is not resolved: its name " + *refusal);
  }

  // Status files of the state directory: they are the truth, and kept in order.

  void import(const std::string& network) {
    if (scope_ == ImportScope::changed && is_current(network)) {
      status_changed_ = status_changed_ || undefined_.contains(network);
      keep_known(network, {});
      return;
    }
    changed_ = true;
    status_changed_ = true;
    const StatusFile file(store_.state_directory(), network);
    const RegularFile present = file.read();
    if (present.state == RegularFile::State::absent) return restore(network);
    ParsedFile parsed = parse_status_file(present, network);
    texts_.push_back(std::move(parsed.texts));
    if (parsed.damage.empty() && !parsed.problems.empty())
      parsed.damage = "is damaged in " + text_of(parsed.problems);
    if (parsed.damage.empty()) {
      take_status(network, std::move(parsed.leases), stamp_of(present.status), !parsed.complete);
      return;
    }
    const std::string aside = file.set_aside();
    warn(file.path() + ' ' + parsed.damage + "; it is kept as " + aside +
         ", and the network goes on with the leases that could be recovered");
    take_status(network, with_known(network, parsed.leases), {}, true);
  }

  /// As StoreTransaction::is_current(), however many networks there are.
  [[nodiscard]] bool is_current(const std::string& network) const {
    return store_.has_index() &&
           has_stamp(known_.find(network, {}), StatusFile(store_.state_directory(), network).stamp());
  }

  /// A file that was removed by mistake costs nothing while the index has its leases.
  void restore(const std::string& network) {
    Leases leases = known_.leases_of(network, {});
    std::erase_if(leases, [time = now()](const Lease& lease) { return lease.expiry.expired_at(time); });
    if (undefined_.contains(network)) std::erase_if(leases, is_beside_libvirts);
    if (leases.empty()) return;
    warn(StatusFile(store_.state_directory(), network).path() + " was removed; it is written again with " +
         (leases.size() == 1 ? "the lease" : "the " + std::to_string(leases.size()) + " leases") +
         " that the index still has; to forget what is no more: leasectl forget");
    take_status(network, std::move(leases), {}, true);
  }

  /// In libvirt's place, such a lease is in the state directory.
  static bool is_beside_libvirts(const Lease& lease) { return !lease.hardware; }

  /// What could not be read of a damaged file, or is fresher in the index, is taken from there.
  [[nodiscard]] Leases with_known(const std::string& network, const Leases& read) {
    auto latest = by_address(read);
    for (const Lease& lease : known_.leases_of(network, {})) {
      const auto [entry, is_new] = latest.try_emplace(lease.address, lease);
      if (!is_new && changed_before(entry->second, lease)) entry->second = lease;
    }
    Leases leases;
    leases.reserve(latest.size());
    for (const auto& [address, lease] : latest) leases.push_back(lease);
    return leases;
  }

  void take_status(const std::string& network, Leases leases, layout::FileStamp stamp, bool differs) {
    updates_.push_back(status_update(network, std::move(leases), stamp, differs));
  }

  /// A network. The status file is written anew if it is not there as it should be, or if the policy changed.
  SourceUpdate status_update(const std::string& network, Leases leases, layout::FileStamp stamp,
                             bool differs) {
    sources_.push_back(IndexedSource{network});
    IndexedSource& source = sources_.back();
    if (undefined_.contains(network)) differs = std::erase_if(leases, is_beside_libvirts) > 0 || differs;
    for (Lease& lease : leases) {
      lease.network = source.network;
      lease.source = {};
      differs = apply_policy(lease) || differs;
    }
    if (differs) {
      changed_ = true;
      std::stable_sort(leases.begin(), leases.end(), changed_before);
      stamp = StatusFile(store_.state_directory(), network).write(leases);
    }
    source.stamp = stamp;
    return {&source, known_.find(network, {}), false, std::move(leases)};
  }

  /// Whether that changes anything.
  bool apply_policy(Lease& lease) const {
    const bool refused = settings_.names.refusal(lease).has_value();
    return std::exchange(lease.name_refused, refused) != refused;
  }

  // Both.

  static ByAddress by_address(const Leases& leases) {
    ByAddress latest;
    for (const Lease& lease : leases) {
      const auto [entry, is_new] = latest.try_emplace(lease.address, lease);
      if (!is_new && changed_before(entry->second, lease)) entry->second = lease;
    }
    return latest;
  }

  [[nodiscard]] std::size_t number_of_networks() const {
    std::vector<std::string_view> names;
    for (const SourceUpdate& update : updates_) {
      if (!properties_of(update.source->kind).has_guests) names.emplace_back(update.source->network);
    }
    std::sort(names.begin(), names.end());
    return static_cast<std::size_t>(std::unique(names.begin(), names.end()) - names.begin());
  }

  StoreTransaction& store_;
  const Settings& settings_;
  ImportScope scope_;
  std::vector<std::string>& lines_;
  SourcesInIndex known_;
  std::uint64_t policy_;               ///< its fingerprint
  std::vector<SourceUpdate> updates_;  ///< of all sources that there are
  TableInput contents_;
  GuestNames guests_;
  ImportResult result_;
  bool met_another_ = false;
  std::set<std::string> undefined_;  ///< networks of libvirt's whose status file libvirt removed
  bool changed_ = false;
  bool status_changed_ = false;        ///< a file of the state directory: then all is made anew
  std::deque<IndexedSource> sources_;  ///< own the names and paths in leases and guests
  std::vector<TextArena> texts_;
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

ParsedFile read_status_file(const Directory& directory, std::string_view network) {
  return parse_status_file(StatusFile(directory, network).read(), network);
}

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
    const SourcesInIndex known(index.view());
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
