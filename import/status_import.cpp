#include "import/status_import.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/trust.h"
#include "import/status_parser.h"
#include "store/file_stamp.h"
#include "store/network_files.h"
#include "store/status_file.h"
#include "util/clock.h"
#include "util/regular_file.h"

namespace leases {

namespace {

ParsedFile parse_status_file(const Directory& directory, const RegularFile& file, std::string_view network) {
  ParsedFile nothing;
  if (!file.read()) {
    nothing.damage = "is not a file that can be read";
    return nothing;
  }
  if (is_strangers(file.status, directory.status())) {
    nothing.damage = "is owned by user " + std::to_string(file.status.st_uid) +
                     ", in a directory in which others can write";
    return nothing;
  }
  const std::int64_t modified = std::max<std::int64_t>(stamp_of(file.status).modified_ns, 0);
  return parse_status(file.text, network, {static_cast<std::uint64_t>(modified)});
}

/// In libvirt's place, such a lease is in the state directory.
bool is_beside_libvirts(const Lease& lease) {
  return !lease.hardware;
}

}  // namespace

ParsedFile read_status_file(const Directory& directory, std::string_view network) {
  return parse_status_file(directory, StatusFile(directory, network).read(), network);
}

void StatusImport::import(const std::string& network) {
  if (scope_ == ImportScope::changed && store_.is_current(network)) {
    is_changed_ = is_changed_ || undefined_.contains(network);
    updates_.keep(network, {});
    return;
  }
  updates_.note_change();
  is_changed_ = true;
  const StatusFile file(store_.state_directory(), network);
  const RegularFile present = file.read();
  if (present.state == RegularFile::State::absent) return restore(network);
  ParsedFile parsed = parse_status_file(store_.state_directory(), present, network);
  updates_.own(std::move(parsed.texts));
  if (parsed.damage.empty() && !parsed.problems.empty())
    parsed.damage = "is damaged in " + text_of(parsed.problems);
  if (parsed.damage.empty()) {
    updates_.add(update_of(network, std::move(parsed.leases), stamp_of(present.status), !parsed.complete));
    return;
  }
  const std::string aside = file.set_aside();
  lines_.push_back(file.path() + ' ' + parsed.damage + "; it is kept as " + aside +
                   ", and the network goes on with the leases that could be recovered");
  updates_.add(update_of(network, with_known(network, parsed.leases), {}, true));
}

void StatusImport::remove(const std::string& network) {
  updates_.note_change();
  is_changed_ = true;
  remove_network_files(store_.state_directory(), network);
}

/// A file that was removed by mistake costs nothing while the index has its leases.
void StatusImport::restore(const std::string& network) {
  std::vector<Lease> leases = updates_.known().leases_of(network, {});
  std::erase_if(leases, [time = now()](const Lease& lease) { return lease.expiry.expired_at(time); });
  if (undefined_.contains(network)) std::erase_if(leases, is_beside_libvirts);
  if (leases.empty()) return;
  lines_.push_back(StatusFile(store_.state_directory(), network).path() +
                   " was removed; it is written again with " +
                   (leases.size() == 1 ? "the lease" : "the " + std::to_string(leases.size()) + " leases") +
                   " that the index still has; to remove those that are gone: leasectl forget");
  updates_.add(update_of(network, std::move(leases), {}, true));
}

/// Adds from the index what could not be read from a damaged file, or changed later there.
std::vector<Lease> StatusImport::with_known(const std::string& network,
                                            const std::vector<Lease>& read) const {
  LeasesByAddress latest;
  add_latest(latest, read);
  add_latest(latest, updates_.known().leases_of(network, {}));
  std::vector<Lease> leases;
  leases.reserve(latest.size());
  for (const auto& [address, lease] : latest) leases.push_back(lease);
  return leases;
}

SourceUpdate StatusImport::update_of(const std::string& network, std::vector<Lease> leases,
                                     layout::FileStamp stamp, bool differs) {
  IndexedSource& source = updates_.own({network});
  if (undefined_.contains(network)) differs = std::erase_if(leases, is_beside_libvirts) > 0 || differs;
  for (Lease& lease : leases) {
    lease.network = source.network;
    lease.source = {};
    // A short name is a matter of the index alone.
    const bool was_refused = lease.name_refused;
    if (settings_.names.judge(lease)) updates_.note_change();
    differs = lease.name_refused != was_refused || differs;
  }
  if (differs) {
    updates_.note_change();
    std::ranges::stable_sort(leases, changed_before);
    stamp = StatusFile(store_.state_directory(), network).write(leases);
  }
  source.stamp = stamp;
  return {&source, updates_.known().find(network, {}), false, std::move(leases)};
}

}  // namespace leases
