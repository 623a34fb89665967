#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/indexed_source.h"
#include "store/table_builder.h"

namespace leases {

/// What changes in the index: in one network, at one address.
struct LeaseChange {
  IndexedSource source;  ///< with the stamp of the file, which already has the change
  IpAddress address;
  std::optional<Lease> before;  ///< nothing: the address was not leased there
  std::optional<Lease> after;   ///< nothing: it is no longer leased there
};

/// What changes in the index at once, in any sources. A lease that changes is in both lists.
struct IndexChanges {
  std::vector<IndexedSource> sources;  ///< those that are new or have another stamp, as they are now
  std::vector<Lease> removed;          ///< as they were; only network, source, address and names count
  std::vector<Lease> added;
};

/// Whether two leases have the same address in the same source: an index has one of them at most.
bool at_same_place(const Lease& a, const Lease& b);

/// The overlay that has the present one's changes and these. Its texts are the view's and the changes'.
TableInput next_overlay(const IndexView& view, const IndexChanges& changes);
TableInput next_overlay(const IndexView& view, const LeaseChange& change);

/// The whole index with this change.
TableInput next_snapshot(const IndexView& view, const LeaseChange& change);

/// The guest at a position of a table.
GuestInIndex guest_at(const Table& table, std::uint32_t position);

/// The guests that an index has from MAC maps.
std::vector<GuestInIndex> guests_of(const IndexView& view);
/// The same for one machine.
std::vector<GuestInIndex> guests_of(const IndexView& view, const HardwareAddress& hardware);

/// How many leases there are.
std::size_t lease_count_of(const IndexView& view);

/// The whole index, as input for a new one.
TableInput current_snapshot(const IndexView& view);

}  // namespace leases
