#pragma once

#include <optional>
#include <span>

#include "common/host_index.h"
#include "import/source_updates.h"
#include "import/sources_in_index.h"
#include "store/name_policy.h"
#include "store/overlay.h"

namespace leases {

/// What the index lacks, if that is little: then an overlay costs less than a new index, and says the same.
/// Nothing if it is much, or if an overlay cannot express it: a source that is gone, other guests. `updates`
/// are all sources. The leases in the snapshot have to be judged by this policy; those in the overlay need
/// not be.
std::optional<IndexChanges> few_changes(const IndexView& view, const SourcesInIndex& known,
                                        const NamePolicy& policy, std::span<const SourceUpdate> updates);

}  // namespace leases
