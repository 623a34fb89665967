#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "util/error.h"

namespace leases {

/// A count of elements or bytes as a table has it. Throws Error if that is too many for a table.
inline std::uint32_t checked_count(std::size_t count) {
  if (count > std::numeric_limits<std::uint32_t>::max()) {
    throw Error("hosts.idx: more leases than one index can hold; split the networks over several instances");
  }
  return static_cast<std::uint32_t>(count);
}

}  // namespace leases
