#include "helper/importer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

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
      take(network, store_.leases_of(network), store_.present_stamp(network));
      return;
    }
    const std::string name = network + std::string(kStatusSuffix);
    const auto status = store_.state_directory().status_of(name);
    if (!status) return;  // whoever removes the file wants the network forgotten
    const std::optional<std::string> text = S_ISREG(status->st_mode) ? read(name) : std::nullopt;
    if (!text) {
      keep_aside(network, "is not a file that can be read");
      take(network, store_.leases_of(network), {});
      return;
    }
    const std::int64_t modified = std::max<std::int64_t>(stamp_of(*status).modified_ns, 0);
    ParsedStatus parsed = parse_status(*text, network, {static_cast<std::uint64_t>(modified)});
    texts_.push_back(std::move(parsed.texts));
    if (parsed.damage.empty()) {
      take(network, std::move(parsed.leases), stamp_of(*status));
      return;
    }
    keep_aside(network, parsed.damage);
    const bool index_knows_more = !parsed.whole && store_.known_stamp(network);
    take(network, index_knows_more ? store_.leases_of(network) : std::move(parsed.leases), {});
  }

  /// Adds a network. The status file is written anew if it is not there as it should be, or if the policy
  /// changed.
  void take(const std::string& network, std::vector<Lease> leases, layout::FileStamp stamp) {
    bool differs = stamp == layout::FileStamp{};
    const std::string& name = networks_.emplace_back(network);
    for (Lease& lease : leases) {
      lease.network = name;
      const bool refused = !lease.hostname.empty() && policy_.refusal(lease.hostname).has_value();
      differs = differs || refused != lease.name_refused;
      lease.name_refused = refused;
    }
    if (differs) {
      std::stable_sort(leases.begin(), leases.end(),
                       [](const Lease& a, const Lease& b) { return a.changed < b.changed; });
      stamp = store_.write_status(network, leases);
    }
    contents_.networks.push_back({network, stamp});
    if (contents_.leases.empty()) {
      contents_.leases = std::move(leases);
    } else {
      contents_.leases.insert(contents_.leases.end(), leases.begin(), leases.end());
    }
  }

  [[nodiscard]] std::optional<std::string> read(const std::string& name) const {
    const FileDescriptor file = store_.state_directory().open(name, O_RDONLY);
    if (file.number() < 0) return {};
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return {};
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t length = 0;
    while (length < text.size()) {
      const ssize_t count = ::read(file.number(), text.data() + length, text.size() - length);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw system_error(store_.state_directory().path_of(name), "cannot be read", errno);
      if (count == 0) break;
      length += static_cast<std::size_t>(count);
    }
    text.resize(length);
    return text;
  }

  void keep_aside(const std::string& network, const std::string& damage) {
    const Directory& directory = store_.state_directory();
    const std::string name = network + std::string(kStatusSuffix);
    std::string aside = name + damage_suffix();
    for (int number = 2; directory.status_of(aside); ++number) {
      aside = name + damage_suffix() + '-' + std::to_string(number);
    }
    directory.rename(name, aside);
    warn_(directory.path_of(name) + ' ' + damage + "; it is kept as " + aside +
          ", and the network goes on with the leases that could be recovered");
  }

  LeaseStore& store_;
  const NamePolicy& policy_;
  ImportScope scope_;
  const ImportWarning& warn_;
  TableContents contents_;
  std::deque<std::string> networks_;
  std::vector<TextArena> texts_;
};

}  // namespace

ImportResult import_status_files(LeaseStore& store, const NamePolicy& policy, ImportScope scope,
                                 const ImportWarning& warn) {
  return Importer(store, policy, scope, warn).run();
}

}  // namespace leases
