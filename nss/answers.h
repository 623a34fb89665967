#pragma once

#include <netdb.h>
#include <nss.h>
#include <sys/socket.h>

#include <cstdint>

#include "nss/reply.h"

namespace leases::nss {

/// How a question ended. What it says goes for all that is declared here; only on `found` is anything but the
/// caller's buffer written to.
enum class Outcome : std::uint8_t {
  found,
  unknown,           ///< no lease has this name or address
  no_address,        ///< a lease has the name, but none an address of the family
  buffer_too_small,  ///< ask again with a larger one
  unavailable,       ///< there is no index that can be believed
  bad_family,
};

/// `ttlp` and `canonp` below may be null. A TTL is in seconds, at least 1: what is left of the lease that
/// ends first.

/// All addresses of a name, most recent lease first. If `*pat` is not null, the first goes there.
Outcome addresses_of_all_families(const char* name, gaih_addrtuple** pat, Arena arena,
                                  std::int32_t* ttlp) noexcept;

/// The addresses of a name that are of family `af`, AF_INET if it is AF_UNSPEC.
Outcome addresses_of_family(const char* name, int af, hostent& result, Arena arena, std::int32_t* ttlp,
                            char** canonp) noexcept;

/// The name of an address: that of its most recent lease, with its domain as an alias.
Outcome name_of_address(const void* address, socklen_t length, int af, hostent& result, Arena arena,
                        std::int32_t* ttlp) noexcept;

/// The next of all hosts, in gethostent(3)'s order; `unknown` behind the last.
Outcome next_host(hostent& result, Arena arena) noexcept;

}  // namespace leases::nss
