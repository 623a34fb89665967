#include "import/source_import.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/shared_network.h"
#include "util/hash_table.h"
#include "util/path.h"

namespace leases {

namespace {

/// What was known at the address of a lease, to be compared with it. The guest of one of this host's is
/// looked up later.
std::optional<Lease> lease_before(const Lease& lease, const LeasesByAddress& before) {
  const auto known = before.find(lease.address);
  if (known == before.end()) return {};
  Lease same = known->second;
  if (lease.host.empty()) same.guest_name = {};
  return same;
}

/// A lease that is as it was has not changed, whatever else did in its file.
void keep_time(Lease& lease, const LeasesByAddress& before) {
  const auto known = lease_before(lease, before);
  if (known && equal_but_for_time(*known, lease)) lease.changed = known->changed;
}

/// Whether nothing is new about a lease but that it may have been renewed.
bool is_as_known(const Lease& lease, const LeasesByAddress& before) {
  auto known = lease_before(lease, before);
  if (known) known->expiry = lease.expiry;
  return known && equal_but_for_time(*known, lease);
}

/// What libvirt calls the network that a file of its is of.
std::string_view network_of_libvirts(const IndexedSource& source) {
  std::string_view name = source.path;
  name.remove_prefix(name.rfind('/') + 1);
  const std::string_view suffix = properties_of(source.kind).libvirt_suffix;
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

bool is_empty(const ParsedFile& parsed) {
  return parsed.leases.empty() && parsed.guests.empty();
}

}  // namespace

void SourceImport::import(Readings& readings) {
  for (const std::string& problem : readings.files.problems) warn(problem);
  failed_ = readings.files.failed;
  for (Reading& reading : readings.list) merge(reading);
  keep_what_cannot_be_seen(readings);
}

void SourceImport::merge(Reading& reading) {
  const SourceFile& file = reading.file;
  if (copy_of(updates_.known().find(file.network, file.path)) != reading.base) {
    // Nobody can say which of the two is newer.
    met_another_ = true;
    updates_.keep(file.network, file.path);
    return;
  }
  switch (reading.contents.state) {
    case SourceReading::State::gone:
      break;
    case SourceReading::State::failed:
      ++failed_;
      warn(file.path + ' ' + reading.contents.damage);
      updates_.keep(file.network, file.path);
      break;
    case SourceReading::State::unchanged_stamp:
    case SourceReading::State::unsettled:
      updates_.keep(file.network, file.path);
      break;
    case SourceReading::State::same:
    case SourceReading::State::read:
      take(reading);
      break;
  }
}

/// The user that dnsmasq runs the helper as may not be let into each directory that root reads. While
/// something is wrong with the configuration, it does not say what is no longer a source. And what another
/// import added in the meantime is for the next one to judge. A network's name that was refused is none to
/// keep.
void SourceImport::keep_what_cannot_be_seen(const Readings& readings) {
  using Key = std::pair<std::string_view, std::string_view>;
  std::set<std::string_view> paths;
  std::set<Key> before;
  std::set<Key> refused;
  for (const SourceFile& file : readings.files.files) paths.insert(file.path);
  for (const SourceFile& file : readings.files.refused) refused.emplace(file.network, file.path);
  for (const IndexedSource& source : readings.known) before.emplace(source.network, source.path);
  for (const IndexedSource& known : updates_.known().all()) {
    if (paths.contains(known.path) || refused.contains({known.network, known.path})) continue;
    const bool may_be_one = !settings_.problems.empty() || !before.contains({known.network, known.path}) ||
                            readings.files.may_hold(known.path);
    if (!known.path.empty() && may_be_one) {
      updates_.keep(known.network, known.path);
    } else if (properties_of(known.kind).is_removed_with_network && !may_be_one &&
               is_in(known.path, settings_.libvirt_directory)) {
      undefined_.insert(std::string(network_of_libvirts(known)));
    }
  }
}

/// What is appended to a log is little, and may be too much with what the log had. Only where all sources
/// have so many leases is each of them looked at.
bool SourceImport::adds_too_many(const Reading& reading) const {
  const SourcesInIndex& known = updates_.known();
  const std::vector<Lease>& added = reading.contents.parsed.leases;
  if (!reading.contents.is_addition || known.most_leases() + added.size() <= kMostRecords) return false;
  const std::string& network = reading.file.network;
  const std::string& path = reading.file.path;
  std::size_t count = known.leases_of(network, path).size();
  for (const Lease& lease : added) {
    if (!known.lease_at(network, path, lease.address)) ++count;
  }
  return count > kMostRecords;
}

void SourceImport::take(Reading& reading) {
  if (adds_too_many(reading)) reading.contents.damage = too_many_records();
  const auto& [file, base, contents] = reading;
  const IndexedSource source{file.network,  contents.stamp,           file.kind,  file.path,
                             contents.hash, !contents.damage.empty(), file.domain};
  // What was taken for another kind of file does not count.
  const bool is_known = base && base->kind == file.kind;
  if (scope_ == ImportScope::changed && is_known && base == source) {
    // It still cannot be read, and that was said.
    updates_.keep(file.network, file.path);
    return;
  }
  updates_.note_change();
  const bool keeps = is_known && (contents.state == SourceReading::State::same || source.damaged);
  if (source.damaged) {
    warn(file.path + ' ' + contents.damage +
         (keeps                       ? "; what was read from it before stays until it can be read whole"
          : is_empty(contents.parsed) ? "; nothing of it is used"
                                      : "; what can be read of it is used"));
  }
  if (keeps) {
    updates_.keep_as(source);
  } else {
    replace(updates_.own(source), reading.contents, is_known);
  }
}

void SourceImport::replace(const IndexedSource& source, SourceReading& contents, bool was_known) {
  const LeasesByAddress before = was_known ? known_leases(source, contents) : LeasesByAddress();
  const bool is_of_other_host = properties_of(source.kind).is_of_other_host;
  for (Lease& lease : contents.parsed.leases) {
    lease.network = source.network;
    lease.source = source.path;
    if (lease.domain.empty()) lease.domain = source.domain;
    if (is_of_other_host) lease.host = SharedNetwork::parse(lease.network).host;
    settings_.names.judge(lease);
    if (is_of_other_host) settings_.names.name_guest(lease, lease.guest_name);
    keep_time(lease, before);
  }
  warn_of_problems(source.path, contents, before);
  SourceUpdate update{&source, updates_.known().find(source.network, source.path), false};
  update.leases = std::move(contents.parsed.leases);
  update.is_addition = contents.is_addition;
  update.ended = std::move(contents.parsed.ended);
  for (const Guest& guest : contents.parsed.guests) {
    warn_of_refused(guest, source);
    update.guests.push_back({guest.hardware, guest.name, source.network, source.path});
  }
  updates_.add(std::move(update));
}

/// What the index knows of the addresses that the contents are about.
LeasesByAddress SourceImport::known_leases(const IndexedSource& source, const SourceReading& contents) const {
  LeasesByAddress before;
  const SourcesInIndex& known = updates_.known();
  if (!contents.is_addition) {
    add_latest(before, known.leases_of(source.network, source.path));
    return before;
  }
  for (const Lease& lease : contents.parsed.leases) {
    if (const auto same = known.lease_at(source.network, source.path, lease.address))
      before.try_emplace(lease.address, *same);
  }
  return before;
}

/// What is wrong with a record that is kept is said when the record comes, not each time the file changes or
/// the lease is renewed.
void SourceImport::warn_of_problems(const std::string& path, SourceReading& contents,
                                    const LeasesByAddress& before) {
  RecordProblems& problems = contents.problems;
  if (problems.empty()) return;
  HashSet<IpAddress> known;
  for (const Lease& lease : contents.parsed.leases) {
    if (is_as_known(lease, before)) known.insert(lease.address);
  }
  problems.forget(
      [&](const RecordProblem& problem) { return problem.kept && known.contains(*problem.kept); });
  if (!problems.empty()) warn(path + ": " + text_of(problems));
}

void SourceImport::warn_of_refused(const Guest& guest, const IndexedSource& map) {
  if (const auto refusal = settings_.names.guest_refusal(guest.name))
    warn(map.path + ": the guest '" + std::string(guest.name) + "' is not resolved: its name " + *refusal);
}

}  // namespace leases
