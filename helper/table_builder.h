#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/index_layout.h"
#include "common/lease.h"
#include "common/time.h"

namespace leases {

struct NetworkStamp {
  std::string name;
  layout::FileStamp stamp{};
};

/// What a table is made of. The texts of the leases belong to somebody else, who must keep them until it is
/// built.
struct TableContents {
  std::vector<Lease> leases;
  std::vector<NetworkStamp> networks;  ///< those of the leases, and any others
  ChangeTime newest_change;

  /// For an overlay: the names for which `leases` is complete, and the addresses that are not leased any
  /// more.
  struct Overlay {
    std::vector<std::string> names;
    std::vector<IpAddress> gone;
  };
  std::optional<Overlay> overlay;  ///< none: a snapshot, complete for everything
};

/// The bytes of a table (schema/index-layout.md). The same contents give the same bytes, in whatever order
/// they are. Throws StoreError if there is more than a table can hold (4 GiB in a section).
std::string build_table(const TableContents& contents);

}  // namespace leases
