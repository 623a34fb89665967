#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "common/host_index.h"

namespace leases {

/// hosts.idx, mapped. Does not own the mapping: unmap() ends it.
struct Mapping {
  IndexImage index;
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;  ///< in bytes
};

enum class MapResult : std::uint8_t {
  mapped,
  unreachable,  ///< the system refused: no descriptor left, a sandbox …; the file may be good
  absent,       ///< there is no such file, or none that can be trusted
};

/// Opens, checks and maps the index. Leaves no descriptor open; changes errno.
MapResult map_index(Mapping& mapping) noexcept;

void unmap(const IndexImage& index) noexcept;

enum class InPlace : std::uint8_t { yes, no, unreachable };

/// Whether the file at the index's path is still the one that is mapped, and as long: the pages of one that
/// was cut short cannot be read. Its inode number cannot be used again while it is mapped.
InPlace is_in_place(const Mapping& mapping) noexcept;

}  // namespace leases
