#pragma once

#include <string>

#include "store/name_policy.h"

namespace leases::cli {

/// Why no lease is known by the name of this guest, and what to do, if the policy refuses the name: its
/// leases are those of a machine without a name then. Empty if it does not. The policy has to know this
/// machine's names.
inline std::string refused_guest(const NamePolicy& policy, const std::string& guest) {
  const auto rule = policy.guest_refusal(guest);
  return rule ? "'" + guest + "' " + *rule + ", so no lease is known by that guest; give its MAC address"
              : "";
}

}  // namespace leases::cli
