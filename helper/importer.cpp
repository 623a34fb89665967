#include "helper/importer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/table.h"
#include "helper/status_parser.h"

namespace leases {

namespace {

/// "damaged-20260131T093000Z"
std::string damage_suffix() {
  const std::time_t present = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&present, &utc);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, ".damaged-%Y%m%dT%H%M%SZ", &utc);
  return {text, length};
}

/// Four million leases; what is larger is no status file, and must not take all memory.
constexpr off_t kMaxSize = off_t{1} << 30;

/// Errors that say something about this one file or the place on the disk where it is, and not about this
/// process.
bool is_fault_of_file(int error) {
  constexpr std::array<int, 8> kErrors{EACCES, EPERM, ELOOP, ENXIO, EISDIR, EIO, EBADMSG, EUCLEAN};
  return std::find(kErrors.begin(), kErrors.end(), error) != kErrors.end();
}

/// Nothing if the disk or the file is at fault.
std::optional<std::string> read_to_end(const Directory& directory, const std::string& name,
                                       const FileDescriptor& file, std::size_t expected_size) {
  std::string text(expected_size, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = ::read(file.number(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && is_fault_of_file(errno)) return {};
    if (count < 0) throw system_error(directory.path_of(name), "cannot be read", errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  text.resize(length);
  return text;
}

class Importer {
 public:
  Importer(LeaseStore& store, const NamePolicy& policy, ImportScope scope, const ImportWarning& warn)
      : store_(store), policy_(policy), scope_(scope), warn_(warn) {}

  ImportResult run() {
    contents_.newest_change = store_.view().newest_change();
    for (const std::string& network : store_.networks()) import(network);
    for (const Lease& lease : contents_.leases) {
      contents_.newest_change = std::max(contents_.newest_change, lease.changed);
    }
    store_.replace_index(contents_);
    return {contents_.networks.size(), contents_.leases.size()};
  }

 private:
  void import(const std::string& network) {
    if (scope_ == ImportScope::changed && store_.is_current(network)) {
      take(network, known_leases(network), *known_stamp(store_.view(), network), false);
      return;
    }
    const auto status = store_.state_directory().status_of(status_name(network));
    if (!status) return;  // whoever removes the file wants the network forgotten
    ParsedStatus parsed = read_status_file(store_.state_directory(), network);
    texts_.push_back(std::move(parsed.texts));
    if (parsed.damage.empty()) {
      take(network, std::move(parsed.leases), stamp_of(*status), !parsed.complete);
      return;
    }
    keep_aside(network, *status, parsed.damage);
    take(network, with_known(network, parsed.leases), {}, true);
  }

  /// The leases of a network as the index has them.
  [[nodiscard]] const std::vector<Lease>& known_leases(const std::string& network) {
    if (!known_) {
      known_.emplace();
      store_.view().for_each_lease(
          [this](const Lease& lease) { (*known_)[std::string(lease.network)].push_back(lease); });
    }
    return (*known_)[network];
  }

  /// What could not be read of a damaged file, or is fresher in the index, is taken from there.
  [[nodiscard]] std::vector<Lease> with_known(const std::string& network, const std::vector<Lease>& read) {
    std::unordered_map<IpAddress, Lease, AddressHash> latest;
    for (const auto* leases : {&read, &known_leases(network)}) {
      for (const Lease& lease : *leases) {
        const auto [entry, is_new] = latest.try_emplace(lease.address, lease);
        if (!is_new && changed_before(entry->second, lease)) entry->second = lease;
      }
    }
    std::vector<Lease> leases;
    leases.reserve(latest.size());
    for (const auto& [address, lease] : latest) leases.push_back(lease);
    return leases;
  }

  /// Adds a network. The status file is written anew if it is not there as it should be, or if the policy
  /// changed.
  void take(const std::string& network, std::vector<Lease> leases, layout::FileStamp stamp, bool differs) {
    const std::string& name = networks_.emplace_back(network);
    for (Lease& lease : leases) {
      lease.network = name;
      const bool refused = !lease.hostname.empty() && policy_.refusal(lease.hostname).has_value();
      differs = differs || refused != lease.name_refused;
      lease.name_refused = refused;
    }
    if (differs) {
      std::stable_sort(leases.begin(), leases.end(), changed_before);
      stamp = store_.write_status(network, leases);
    }
    contents_.networks.push_back({network, stamp});
    if (contents_.leases.empty()) {
      contents_.leases = std::move(leases);
    } else {
      contents_.leases.insert(contents_.leases.end(), leases.begin(), leases.end());
    }
  }

  /// The damaged file keeps its name as well until the new one takes that, so that being killed in between
  /// does not look as if somebody had removed it.
  void keep_aside(const std::string& network, const struct stat& status, const std::string& damage) {
    const Directory& directory = store_.state_directory();
    const std::string name = status_name(network);
    const std::string suffix = damage_suffix();
    std::string aside = name + suffix;
    for (int number = 2; directory.status_of(aside); ++number)
      aside = name + suffix + '-' + std::to_string(number);
    if (S_ISDIR(status.st_mode) || !directory.link(name, aside)) directory.rename(name, aside);
    warn_(directory.path_of(name) + ' ' + damage + "; it is kept as " + aside +
          ", and the network goes on with the leases that could be recovered");
  }

  LeaseStore& store_;
  const NamePolicy& policy_;
  ImportScope scope_;
  const ImportWarning& warn_;
  TableContents contents_;
  std::optional<std::unordered_map<std::string, std::vector<Lease>>> known_;  ///< filled when first needed
  std::deque<std::string> networks_;
  std::vector<TextArena> texts_;
};

}  // namespace

ParsedStatus read_status_file(const Directory& directory, std::string_view network) {
  const std::string name = status_name(network);
  ParsedStatus unreadable;
  unreadable.damage = "is not a file that can be read";
  const FileDescriptor file = directory.open(name, O_RDONLY);
  if (file.number() < 0 && is_fault_of_file(errno)) return unreadable;
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    throw system_error(directory.path_of(name), "cannot be opened", errno);
  }
  if (!S_ISREG(status.st_mode) || status.st_size > kMaxSize) return unreadable;
  const auto text = read_to_end(directory, name, file, static_cast<std::size_t>(status.st_size));
  if (!text) return unreadable;
  const std::int64_t modified = std::max<std::int64_t>(stamp_of(status).modified_ns, 0);
  return parse_status(*text, network, {static_cast<std::uint64_t>(modified)});
}

ImportResult import_status_files(LeaseStore& store, const NamePolicy& policy, ImportScope scope,
                                 const ImportWarning& warn) {
  return Importer(store, policy, scope, warn).run();
}

}  // namespace leases
