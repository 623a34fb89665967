#include "cli/network_summary.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <set>

#include "common/host_name.h"
#include "helper/file.h"
#include "helper/lease_store.h"
#include "helper/network_name.h"

namespace leases::cli {

namespace {

using Summaries = std::map<std::string, NetworkSummary, std::less<>>;

/// The stamp of the file at a path, all 0 if there is none; nothing if this user may not know.
std::optional<layout::FileStamp> stamp_at(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return stamp_of(status);
  if (errno == ENOENT) return layout::FileStamp{};
  return {};
}

/// The networks that the state directory has: the index may not know all of them.
std::vector<std::string> networks_with_files(const Settings& settings) {
  try {
    if (const auto directory = Directory::open_existing(settings.state_directory))
      return networks_in(*directory);
  } catch (const StoreError&) {
    // Not for this user's eyes; the state of each network then is unknown, which says so.
  }
  return {};
}

void add_source(NetworkSummary& summary, const IndexReader& reader, const Settings& settings) {
  // The name becomes a path, and the index may be damaged.
  if (!is_network_name(summary.network)) return;
  summary.source = settings.state_directory + '/' + status_name(summary.network);
  const auto known = known_stamp(reader.view(), summary.network).value_or(layout::FileStamp{});
  if (known != layout::FileStamp{})
    summary.last_change = ChangeTime{static_cast<std::uint64_t>(known.modified_ns)};
  if (const auto present = stamp_at(summary.source))
    summary.state = *present == known ? IndexState::current : IndexState::stale;
}

void add_leases(Summaries& summaries, const IndexReader& reader) {
  std::map<std::string_view, std::set<std::string>> names;
  for (const Lease& lease : reader.live_leases()) {
    const auto found = summaries.find(lease.network);
    if (found == summaries.end()) continue;  // only in a damaged index
    NetworkSummary& summary = found->second;
    ++(lease.address.family == Family::v4 ? summary.v4 : summary.v6);
    if (!lease.expiry.infinite())
      summary.next_expiry = std::min(summary.next_expiry.value_or(lease.expiry), lease.expiry);
    if (const auto label = CanonicalLabel::parse(lease.listed_name()))
      names[lease.network].emplace(label->view());
  }
  for (const auto& [network, of_network] : names) summaries.find(network)->second.names = of_network.size();
}

}  // namespace

const char* name_of(IndexState state) {
  switch (state) {
    case IndexState::current:
      return "current";
    case IndexState::stale:
      return "stale";
    case IndexState::unknown:
      break;
  }
  return "unknown";
}

std::vector<NetworkSummary> summaries_of(const IndexReader& reader, const Settings& settings) {
  Summaries summaries;
  for (const std::string_view name : reader.networks()) summaries[std::string(name)];
  for (const std::string& name : networks_with_files(settings)) summaries[name];
  add_leases(summaries, reader);
  std::vector<NetworkSummary> list;
  list.reserve(summaries.size());
  for (auto& [name, summary] : summaries) {
    summary.network = name;
    add_source(summary, reader, settings);
    list.push_back(std::move(summary));
  }
  return list;
}

}  // namespace leases::cli
