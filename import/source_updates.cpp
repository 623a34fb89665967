#include "import/source_updates.h"

namespace leases {

void SourceUpdates::keep(std::string_view network, std::string_view path) {
  const IndexedSource* known = known_.find(network, path);
  if (known != nullptr) updates_.push_back({known, known, true});
}

void SourceUpdates::keep_as(const IndexedSource& source) {
  const IndexedSource* known = known_.find(source.network, source.path);
  if (known != nullptr) updates_.push_back({&own(source), known, true});
}

void add_latest(LeasesByAddress& latest, const std::vector<Lease>& leases) {
  for (const Lease& lease : leases) {
    const auto [entry, is_new] = latest.try_emplace(lease.address, lease);
    if (!is_new && changed_before(entry->second, lease)) entry->second = lease;
  }
}

}  // namespace leases
