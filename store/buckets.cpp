#include "store/buckets.h"

#include <bit>
#include <cstddef>
#include <numeric>

#include "common/index_layout.h"
#include "store/checked_count.h"

namespace leases {

std::vector<std::uint32_t> bucket_starts(const std::vector<std::uint64_t>& hashes) {
  const std::size_t buckets = std::bit_ceil(hashes.size() + 1) / 2 + (hashes.empty() ? 1 : 0);
  std::vector<std::uint32_t> starts(buckets + 1, 0);
  const std::uint32_t count = checked_count(starts.size());
  for (const std::uint64_t hash : hashes) ++starts[layout::bucket_of(hash, count) + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  return starts;
}

}  // namespace leases
