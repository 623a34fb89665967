#include "cli/known_hosts/address_history.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>
#include <utility>

#include "util/error.h"
#include "util/line_reader.h"
#include "util/new_file.h"

namespace leases::cli {

namespace {

constexpr const char* kName = "holders";
constexpr std::uint64_t kYear = 31'536'000;  // s

}  // namespace

AddressHistory::AddressHistory(const Directory& directory) : directory_(directory) {
  while (::flock(directory.descriptor(), LOCK_EX) != 0) {
    if (errno != EINTR) throw errno_error(directory.path(), "cannot be locked", errno);
  }
  const FileDescriptor file = directory.open(kName, O_RDONLY);
  if (file.number() < 0) {
    if (errno != ENOENT) throw errno_error(directory.path_of(kName), "cannot be opened", errno);
    return;
  }
  exists_ = true;
  LineReader lines(file.number(), directory.path_of(kName));
  while (const auto line = lines.next()) {
    std::istringstream words{std::string(*line)};
    std::string host;
    Entry entry;
    if (!(words >> host >> entry.seen)) continue;
    for (std::string holder; words >> holder;) entry.holders.insert(holder);
    entries_[host] = std::move(entry);
  }
}

bool AddressHistory::changed_hands(const std::string& host, const Holders& now) const {
  const auto entry = entries_.find(host);
  if (entry == entries_.end() || entry->second.holders.empty()) return false;
  const Holders& before = entry->second.holders;
  return std::ranges::none_of(now, [&](const std::string& holder) { return before.contains(holder); });
}

std::set<std::string> AddressHistory::hosts() const {
  std::set<std::string> hosts;
  for (const auto& [host, entry] : entries_) hosts.insert(host);
  return hosts;
}

void AddressHistory::remember(const std::string& host, Holders holders, EpochSeconds now) {
  entries_[host] = {now.value, std::move(holders)};
}

void AddressHistory::save(EpochSeconds now) const {
  std::string text;
  for (const auto& [host, entry] : entries_) {
    if (now.value > entry.seen + kYear) continue;
    text.append(host).append(" ").append(std::to_string(entry.seen));
    for (const std::string& holder : entry.holders) text.append(" ").append(holder);
    text.append("\n");
  }
  NewFile file(directory_, kName);
  file.write(std::array{std::string_view(text)});
  file.put_in_place();
}

}  // namespace leases::cli
