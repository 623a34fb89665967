#pragma once

#include <string_view>

#include "common/lease.h"
#include "util/text_arena.h"

namespace leases {

/// Gives a lease the name that a DHCP server gave its client: a host label, or one with its domain. A name
/// that cannot be a host's is kept as a refused one. False if it cannot be kept at all (is_client_name()):
/// then the lease is without a name.
bool take_name(Lease& lease, std::string_view name, TextArena& texts);

/// The same for a name as the client sent it, who could call itself `www.example.com`: with any other domain
/// than `domain`, that of the server's clients, it is a refused one, too.
bool take_clients_name(Lease& lease, std::string_view name, std::string_view domain, TextArena& texts);

/// What both demand, as the end of a sentence.
inline constexpr std::string_view kIsNoName = "is not a name of at most 64 visible characters";

}  // namespace leases
