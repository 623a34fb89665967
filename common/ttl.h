#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "common/time.h"

namespace leases {

/// How long an answer holds: until the first of its leases expires.
class Ttl {
 public:
  /// The lease must not have expired.
  void add(ExpiryTime expiry, EpochSeconds now) noexcept {
    if (!expiry.infinite()) seconds_ = std::min(seconds_, expiry.seconds - now.value);
  }
  /// At least 1, and at most 2^31 - 1, the greatest TTL that DNS has (RFC 2181, 8).
  [[nodiscard]] std::int32_t seconds() const noexcept { return static_cast<std::int32_t>(seconds_); }

 private:
  std::uint64_t seconds_ = std::numeric_limits<std::int32_t>::max();
};

}  // namespace leases
