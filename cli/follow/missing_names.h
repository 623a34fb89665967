#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "cli/follow/wait_state.h"

namespace leases::cli {

/// How many machines have a name that matches the target's glob and is ready.
std::size_t ready_matches(const WaitState& state, const std::set<std::string>& ready);

/// Whether the names in `ready` are all that the target asks for; or, if they have to be gone, whether no
/// name has a lease.
bool is_reached(const WaitTarget& target, const WaitState& state, const std::set<std::string>& ready);

/// The names that the target still lacks, or that are not gone, as text for a person: a line for each reason.
/// `port` is the one on which they must accept a connection; 0 if a lease is enough.
std::vector<std::string> missing_lines(const WaitTarget& target, const WaitState& state,
                                       const std::set<std::string>& ready, std::uint16_t port);

}  // namespace leases::cli
