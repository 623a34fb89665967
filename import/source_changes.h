#pragma once

#include <optional>
#include <span>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "import/sources_in_index.h"
#include "store/indexed_source.h"
#include "store/name_policy.h"
#include "store/overlay.h"
#include "store/table_builder.h"

namespace leases {

/// What an import makes of one source.
struct SourceUpdate {
  const IndexedSource* source;  ///< as it is now
  const IndexedSource* known;   ///< as the index knows it; nullptr: not at all
  bool keeps_known;             ///< what the index knows from it stays, and the lists below are empty
  std::vector<Lease> leases{};  ///< judged by the policy; their guests are not looked up yet
  std::vector<GuestInIndex> guests{};
};

/// What the index lacks, if that is little: then an overlay costs less than to build all of it again, and
/// says the same. Nothing if it is much, or if an overlay cannot say it: a source that is gone, other guests.
/// `updates` are all sources that there are. The leases in the snapshot have to be judged by this policy;
/// those in the overlay need not be.
std::optional<IndexChanges> few_changes(const IndexView& view, const SourcesInIndex& known,
                                        const NamePolicy& policy, std::span<const SourceUpdate> updates);

}  // namespace leases
