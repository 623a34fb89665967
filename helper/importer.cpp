#include "helper/importer.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/table.h"
#include "helper/damaged_file.h"
#include "helper/guest_names.h"
#include "helper/overlay.h"
#include "helper/source_reader.h"
#include "helper/whole_file.h"

namespace leases {

namespace {

/// Four million leases; what is larger is no status file, and must not take all memory.
constexpr std::size_t kMaxSize = std::size_t{1} << 30;

ParsedStatus parse_status_file(const WholeFile& file, std::string_view network) {
  ParsedStatus unreadable;
  unreadable.damage = "is not a file that can be read";
  if (!file.text) return unreadable;
  const std::int64_t modified = std::max<std::int64_t>(file.stamp.modified_ns, 0);
  return parse_status(*file.text, network, {static_cast<std::uint64_t>(modified)});
}

class Importer {
 public:
  Importer(LeaseStore& store, const Settings& settings, ImportScope scope, const ImportWarning& warn)
      : store_(store), settings_(settings), scope_(scope), warn_(warn) {}

  ImportResult run() {
    contents_.newest_change = store_.view().newest_change();
    import_sources();
    for (const std::string& network : store_.networks()) import(network);
    for (Lease& lease : contents_.leases) {
      const std::string_view guest = guests_.name_of(lease);
      changed_ = changed_ || guest != lease.guest_name;
      lease.guest_name = guest;
      contents_.newest_change = std::max(contents_.newest_change, lease.changed);
    }
    contents_.guests = std::move(guests_).all();
    if (changed_ || !store_.has_index() || known_sources(store_.view()).size() != contents_.sources.size())
      store_.replace_index(contents_);
    return {number_of_networks(), contents_.leases.size(), failed_};
  }

 private:
  using Leases = std::vector<Lease>;
  using ByAddress = std::unordered_map<IpAddress, Lease, AddressHash>;

  // Sources: they are only read.

  void import_sources() {
    const SourceFiles sources = files_of(settings_.sources);
    for (const std::string& problem : sources.problems) warn_(problem);
    failed_ = sources.failed;
    for (const SourceFile& file : sources.files) {
      KnownSource known{known_source(store_.view(), file.network, file.path),
                        known_leases(file.network, file.path), known_guests(file)};
      // What was taken for another kind of file tells nothing.
      if (known.source && known.source->kind != file.kind) known = {};
      const auto source = known.source;
      if (scope_ == ImportScope::everything && known.source) {
        // Whatever it holds counts as new.
        known.source->stamp = {~std::uint64_t{0}, 0, 0, 0, 0};
        known.source->content = 0;
      }
      SourceContents contents = read_source(file, known, patience_);
      switch (contents.state) {
        case SourceContents::State::gone:
          break;
        case SourceContents::State::failed:
          ++failed_;
          warn_(file.path + ' ' + contents.damage);
          known.source = source;
          keep_known(std::move(known));
          break;
        case SourceContents::State::as_known:
          keep_known(std::move(known));
          break;
        case SourceContents::State::same:
        case SourceContents::State::read:
          take(file, std::move(known), std::move(contents));
          break;
      }
    }
    keep_what_cannot_be_seen(sources);
  }

  /// The user that dnsmasq runs the helper as may not be let into each directory that root reads. And while
  /// something is wrong with the configuration, it does not say what is no source any more.
  void keep_what_cannot_be_seen(const SourceFiles& sources) {
    for (const Source& known : known_sources(store_.view())) {
      const auto holds_it = [&](const std::string& directory) {
        return known.path.starts_with(directory) &&
               (directory.ends_with('/') || known.path.substr(directory.size()).starts_with('/'));
      };
      const auto is_it = [&](const SourceFile& file) { return file.path == known.path; };
      const bool may_be_one = !settings_.problems.empty() || std::ranges::any_of(sources.unlisted, holds_it);
      if (!known.path.empty() && may_be_one && std::ranges::none_of(sources.files, is_it)) {
        const SourceFile file{known.kind, known.network, known.path};
        keep_known({known, known_leases(known.network, known.path), known_guests(file)});
      }
    }
  }

  /// What the index has from a source, if anything, as it has it.
  void keep_known(KnownSource known) {
    if (!known.source) return;
    contents_.sources.push_back(*known.source);
    for (Lease& lease : known.leases) changed_ = apply_policy(lease) || changed_;
    add(std::move(known.leases));
    for (const KnownGuest& guest : known.guests) guests_.add(guest, !refusal_of(guest.name));
  }

  void take(const SourceFile& file, KnownSource known, SourceContents contents) {
    const Source source{file.network, contents.stamp, file.kind,
                        file.path,    contents.hash,  !contents.damage.empty()};
    if (known.source == source) {  // it still cannot be read, and that was said
      keep_known(std::move(known));
      return;
    }
    changed_ = true;
    const bool keeps = contents.state == SourceContents::State::same || (source.damaged && known.source);
    if (source.damaged) {
      warn_(file.path + ' ' + contents.damage +
            (keeps ? "; what was read from it before stays until it can be read whole"
                   : "; what can be read of it is used"));
    }
    if (keeps) {
      known.source = source;
      keep_known(std::move(known));
      return;
    }
    const Source& kept = sources_.emplace_back(source);
    const auto before = by_address(known.leases);
    tell_problems(file, contents, before);
    for (Lease& lease : contents.parsed.leases) {
      lease.network = kept.network;
      lease.source = kept.path;
      apply_policy(lease);
      keep_time(lease, before);
    }
    for (const Guest& guest : contents.guests.guests) add_guest(guest, kept);
    contents_.sources.push_back(source);
    add(std::move(contents.parsed.leases));
    texts_.push_back(std::move(contents.parsed.texts));
    texts_.push_back(std::move(contents.guests.texts));
  }

  /// What is wrong with a record that is kept is told when that comes, not each time the file changes.
  void tell_problems(const SourceFile& file, const SourceContents& contents, const ByAddress& before) const {
    std::vector<RecordProblem> problems = contents.problems;
    std::erase_if(problems, [&](const RecordProblem& problem) {
      return problem.kept && before.contains(*problem.kept);
    });
    if (!problems.empty()) warn_(file.path + ": " + text_of(problems));
  }

  /// A lease that is as it was has not changed, whatever else did in its file. Its guest is looked up later.
  static void keep_time(Lease& lease, const ByAddress& before) {
    const auto known = before.find(lease.address);
    if (known == before.end()) return;
    Lease same = known->second;
    same.guest_name = {};
    if (equal_but_for_time(same, lease)) lease.changed = same.changed;
  }

  [[nodiscard]] std::optional<std::string> refusal_of(std::string_view guest) const {
    return settings_.names.refusal(label_of(guest));
  }

  void add_guest(const Guest& guest, const Source& map) {
    const auto refusal = refusal_of(guest.name);
    if (refusal)
      warn_(map.path + ": the guest '" + std::string(guest.name) + "' is not resolved: its name " + *refusal);
    guests_.add({guest.hardware, guest.name, map.network, map.path}, !refusal);
  }

  [[nodiscard]] std::vector<KnownGuest> known_guests(const SourceFile& file) const {
    std::vector<KnownGuest> guests = guests_of(store_.view());
    std::erase_if(guests, [&](const KnownGuest& guest) {
      return guest.network != file.network || guest.source != file.path;
    });
    return guests;
  }

  // Status files of the state directory: they are the truth, and kept in order.

  void import(const std::string& network) {
    const Directory& directory = store_.state_directory();
    if (scope_ == ImportScope::changed && store_.is_current(network)) {
      const auto known = known_source(store_.view(), network, {});
      take_status(network, known_leases(network, {}), known ? known->stamp : layout::FileStamp{}, false);
      return;
    }
    changed_ = true;
    const auto file = read_whole_file(directory, status_name(network), kMaxSize);
    if (!file) return;  // whoever removes the file wants the network forgotten
    ParsedStatus parsed = parse_status_file(*file, network);
    texts_.push_back(std::move(parsed.texts));
    if (parsed.damage.empty() && !parsed.problems.empty())
      parsed.damage = "is damaged in " + text_of(parsed.problems);
    if (parsed.damage.empty()) {
      take_status(network, std::move(parsed.leases), file->stamp, !parsed.complete);
      return;
    }
    const std::string aside = keep_aside(directory, status_name(network));
    warn_(directory.path_of(status_name(network)) + ' ' + parsed.damage + "; it is kept as " + aside +
          ", and the network goes on with the leases that could be recovered");
    take_status(network, with_known(network, parsed.leases), {}, true);
  }

  /// What could not be read of a damaged file, or is fresher in the index, is taken from there.
  [[nodiscard]] Leases with_known(const std::string& network, const Leases& read) {
    auto latest = by_address(read);
    for (const Lease& lease : known_leases(network, {})) {
      const auto [entry, is_new] = latest.try_emplace(lease.address, lease);
      if (!is_new && changed_before(entry->second, lease)) entry->second = lease;
    }
    Leases leases;
    leases.reserve(latest.size());
    for (const auto& [address, lease] : latest) leases.push_back(lease);
    return leases;
  }

  /// Adds a network. The status file is written anew if it is not there as it should be, or if the policy
  /// changed.
  void take_status(const std::string& network, Leases leases, layout::FileStamp stamp, bool differs) {
    const Source& source = sources_.emplace_back(Source{network});
    for (Lease& lease : leases) {
      lease.network = source.network;
      lease.source = {};
      differs = apply_policy(lease) || differs;
    }
    if (differs) {
      changed_ = true;
      std::stable_sort(leases.begin(), leases.end(), changed_before);
      stamp = store_.write_status(network, leases);
    }
    contents_.sources.push_back({network, stamp});
    add(std::move(leases));
  }

  /// Whether that changes anything.
  bool apply_policy(Lease& lease) const {
    const bool refused = !lease.hostname.empty() && settings_.names.refusal(lease.hostname).has_value();
    return std::exchange(lease.name_refused, refused) != refused;
  }

  // Both.

  void add(Leases leases) {
    if (contents_.leases.empty()) {
      contents_.leases = std::move(leases);
    } else {
      contents_.leases.insert(contents_.leases.end(), leases.begin(), leases.end());
    }
  }

  static ByAddress by_address(const Leases& leases) {
    ByAddress latest;
    for (const Lease& lease : leases) {
      const auto [entry, is_new] = latest.try_emplace(lease.address, lease);
      if (!is_new && changed_before(entry->second, lease)) entry->second = lease;
    }
    return latest;
  }

  /// The leases of a source as the index has them.
  [[nodiscard]] const Leases& known_leases(std::string_view network, std::string_view path) {
    if (!known_) {
      known_.emplace();
      store_.view().for_each_lease([this](const Lease& lease) {
        (*known_)[{lease.network, lease.source}].push_back(lease);
      });
    }
    static const Leases kNone;
    const auto found = known_->find({network, path});
    return found != known_->end() ? found->second : kNone;
  }

  [[nodiscard]] std::size_t number_of_networks() const {
    std::vector<std::string_view> names;
    for (const Source& source : contents_.sources) {
      if (source.kind != LeaseFileKind::mac_map) names.emplace_back(source.network);
    }
    std::sort(names.begin(), names.end());
    return static_cast<std::size_t>(std::unique(names.begin(), names.end()) - names.begin());
  }

  LeaseStore& store_;
  const Settings& settings_;
  ImportScope scope_;
  const ImportWarning& warn_;
  TableContents contents_;
  GuestNames guests_;
  Patience patience_;
  std::size_t failed_ = 0;
  bool changed_ = false;
  std::optional<std::map<std::pair<std::string_view, std::string_view>, Leases>>
      known_;                   ///< when first needed
  std::deque<Source> sources_;  ///< own the names and paths in leases and guests
  std::vector<TextArena> texts_;
};

}  // namespace

ParsedStatus read_status_file(const Directory& directory, std::string_view network) {
  const auto file = read_whole_file(directory, status_name(network), kMaxSize);
  return parse_status_file(file.value_or(WholeFile{}), network);
}

ImportResult import_files(LeaseStore& store, const Settings& settings, ImportScope scope,
                          const ImportWarning& warn) {
  return Importer(store, settings, scope, warn).run();
}

}  // namespace leases
