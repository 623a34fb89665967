#pragma once

#include <string_view>

#include "common/lease.h"
#include "util/text_arena.h"

namespace leases {

/// Gives a lease the name that a DHCP server's file has for its client: a host label, or one with its domain.
/// A name that cannot be a host's is kept as a refused one. False if it cannot be kept at all
/// (is_client_name()): then the lease is without a name.
bool take_name(Lease& lease, std::string_view name, TextArena& texts);

/// What take_name() demands, as the end of a sentence.
inline constexpr std::string_view kIsNoName = "is not a name of at most 64 visible characters";

}  // namespace leases
