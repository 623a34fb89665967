#pragma once

#include <optional>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/indexed_source.h"
#include "store/table_builder.h"

namespace leases {

/// What changes in the index: in one network, at one address.
struct LeaseChange {
  IndexedSource source;  ///< with the stamp of the file that already tells the change
  IpAddress address;
  std::optional<Lease> before;  ///< none: the address was not leased there
  std::optional<Lease> after;   ///< none: it is not leased there any more
};

/// The overlay that has the present one's changes and this one. Its texts are the view's and the change's.
TableInput next_overlay(const IndexView& view, const LeaseChange& change);

/// The whole index with this change.
TableInput next_snapshot(const IndexView& view, const LeaseChange& change);

/// What an index knows from MAC maps.
std::vector<GuestInIndex> guests_of(const IndexView& view);

/// The whole index as it is.
TableInput current_snapshot(const IndexView& view);

}  // namespace leases
