#pragma once

#include <optional>
#include <string_view>

namespace leases::cli {

/// A denial by AppArmor.
struct Denial {
  std::string_view text;        ///< from the word apparmor on
  std::optional<long> seconds;  ///< on the monotonic clock; nothing if the record has no time
};

/// The latest denial that concerns nss-leases, in records of the kernel's log (/dev/kmsg):
/// "6,339,5140900,-;text". Its text is the log's. Denials by a profile that was loaded with other rules
/// since, or removed, are over.
std::optional<Denial> latest_denial(std::string_view log);

}  // namespace leases::cli
