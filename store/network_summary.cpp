#include "store/network_summary.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>

#include "common/host_name.h"
#include "common/shared_network.h"
#include "store/network_name.h"
#include "store/source_place.h"
#include "store/status_file.h"
#include "util/directory.h"
#include "util/error.h"

namespace leases {

namespace {

using Summaries = std::map<std::string, NetworkSummary, std::less<>>;

/// The networks that the state directory has: the index may lack some.
std::vector<std::string> networks_with_files(const Settings& settings) {
  try {
    if (const auto directory = Directory::open_existing(settings.state_directory))
      return networks_in(*directory);
  } catch (const Error&) {
    // This user may not look at it; then the state of each network is unknown, which says so.
  }
  return {};
}

void add_source(NetworkSummary& summary, const IndexedSource& known, const Settings& settings) {
  const std::string path =
      known.path.empty() ? settings.state_directory + '/' + status_name(known.network) : known.path;
  summary.sources.push_back(path);
  if (properties_of(known.kind).is_of_other_host) summary.host = SharedNetwork::parse(known.network).host;
  summary.state = std::max(summary.state, state_of(&known, stamp_at(path)));
  if (known.stamp == layout::FileStamp{}) return;
  const ChangeTime modified{static_cast<std::uint64_t>(std::max<std::int64_t>(known.stamp.modified_ns, 0))};
  summary.last_change = std::max(summary.last_change.value_or(modified), modified);
}

void add_sources(Summaries& summaries, const IndexReader& reader, const Settings& settings) {
  std::vector<IndexedSource> sources = known_sources(reader.view());
  for (const std::string& network : networks_with_files(settings)) {
    if (!known_source(reader.view(), network, {})) sources.push_back({network});
  }
  std::sort(sources.begin(), sources.end(),
            [](const IndexedSource& a, const IndexedSource& b) { return a.path < b.path; });
  for (const IndexedSource& source : sources) {
    const auto found = summaries.find(source.network);
    // The name becomes a path, and the index may be damaged.
    if (found != summaries.end() && is_network_name(source.network))
      add_source(found->second, source, settings);
  }
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
    for (const std::string_view name : {lease.accepted_name(), lease.guest_label()}) {
      if (const auto label = CanonicalLabel::parse(name)) names[lease.network].emplace(label->view());
    }
  }
  for (const auto& [network, of_network] : names) summaries.find(network)->second.names = of_network.size();
}

}  // namespace

std::vector<NetworkSummary> summaries_of(const IndexReader& reader, const Settings& settings) {
  Summaries summaries;
  for (const std::string_view name : reader.networks()) summaries[std::string(name)];
  for (const std::string& name : networks_with_files(settings)) summaries[name];
  add_leases(summaries, reader);
  add_sources(summaries, reader, settings);
  std::vector<NetworkSummary> list;
  list.reserve(summaries.size());
  for (auto& [name, summary] : summaries) {
    summary.network = name;
    list.push_back(std::move(summary));
  }
  return list;
}

}  // namespace leases
