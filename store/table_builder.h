#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/hardware_address.h"
#include "common/index_layout.h"
#include "common/lease.h"
#include "common/time.h"
#include "store/indexed_source.h"

namespace leases {

/// Which machine has a hardware address, from a MAC map. The caller keeps the texts.
struct GuestInIndex {
  HardwareAddress hardware;
  std::string_view name;
  std::string_view network;
  std::string_view source;  ///< the map's path
};

/// What a table is made of. The caller keeps the texts of the leases until the table is built.
struct TableInput {
  std::vector<Lease> leases;
  std::vector<IndexedSource> sources;  ///< those of the leases and guests, and any others
  ChangeTime newest_change;

  /// For an overlay: the names for which `leases` is complete, and the addresses that are no longer leased.
  struct Overlay {
    std::vector<std::string> names;
    std::vector<IpAddress> gone;
  };
  std::optional<Overlay> overlay;  ///< nothing: a snapshot, complete for everything
  /// For a snapshot.
  std::vector<GuestInIndex> guests{};
};

/// The bytes of a table (schema/index-layout.md). The same contents give the same bytes, in any order. Throws
/// Error if there is more than a table can hold (4 GiB in a section).
std::string build_table(const TableInput& contents);

}  // namespace leases
