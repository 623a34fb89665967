#pragma once

#include <cstdint>
#include <vector>

namespace leases {

/// A bucket section of a table (schema/index-layout.md): where each bucket starts in `hashes`, which are
/// sorted, and where the last one ends. There is a bucket for every one or two hashes, so a lookup reads half
/// a hash too many on average. Throws Error if there are more than a table can hold.
std::vector<std::uint32_t> bucket_starts(const std::vector<std::uint64_t>& hashes);

}  // namespace leases
