#pragma once

#include <compare>
#include <cstdint>

namespace leases {

/// Seconds since 1970 of the system clock, as time(2) gives them.
struct EpochSeconds {
  std::uint64_t value = 0;
};

/// When a lease ends. 0 means never, as in dnsmasq's DNSMASQ_LEASE_EXPIRES and libvirt's expiry-time.
struct ExpiryTime {
  std::uint64_t seconds = 0;

  [[nodiscard]] bool infinite() const { return seconds == 0; }
  /// A lease has expired from this very second on.
  [[nodiscard]] bool expired_at(EpochSeconds now) const { return !infinite() && now.value >= seconds; }
  friend auto operator<=>(const ExpiryTime&, const ExpiryTime&) = default;
};

/// The earlier of two leases' expiries.
inline ExpiryTime earlier(ExpiryTime a, ExpiryTime b) {
  if (a.infinite() || b.infinite()) return a.infinite() ? b : a;
  return a < b ? a : b;
}

/// When a lease last changed, in nanoseconds since 1970. "Latest change first" depends on these, so the
/// writer keeps them strictly increasing over all networks, even when the clock steps back.
struct ChangeTime {
  std::uint64_t nanoseconds = 0;

  friend auto operator<=>(const ChangeTime&, const ChangeTime&) = default;
};

/// The end of the year 2500. A writer that needs a later change than all before stops here, and a file that
/// has a later one is not believed: one at the end of what 64 bits hold would leave no room for the changes
/// that come after it.
inline constexpr ChangeTime kLatestChange{16'756'761'599'999'999'999U};

}  // namespace leases
