#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "common/host_index.h"

namespace leases::nss {

/// hosts.idx, mapped. Does not own the mapping: unmap() ends it.
struct Mapping {
  IndexImage index;
  dev_t device = 0;
  ino_t inode = 0;
};

enum class MapResult : std::uint8_t {
  mapped,
  unreachable,  ///< the system said no: no descriptor left, a sandbox …; that tells nothing about the file
  absent,       ///< there is no such file, or none that can be believed
};

/// Opens, checks and maps the index. Leaves no descriptor open and changes nothing but errno.
MapResult map_index(Mapping& mapping) noexcept;

void unmap(const IndexImage& index) noexcept;

enum class InPlace : std::uint8_t { yes, no, unreachable };

/// Whether the file at the index's path still is the one that is mapped. An inode cannot be used again while
/// it is.
InPlace is_in_place(const Mapping& mapping) noexcept;

}  // namespace leases::nss
