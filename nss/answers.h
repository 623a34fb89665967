#pragma once

#include <netdb.h>
#include <nss.h>
#include <sys/socket.h>

#include <cstdint>

#include "nss/reply.h"

namespace leases::nss {

/// Result of a lookup. Applies to all functions below; only with `found` do they write to anything but the
/// caller's buffer.
enum class Outcome : std::uint8_t {
  found,
  unknown,           ///< no lease has this name or address
  no_address,        ///< leases have the name, but none of them an address of the family
  buffer_too_small,  ///< the caller has to ask again with a larger one
  unavailable,       ///< there is no index that can be trusted
  bad_family,
};

/// `ttlp` and `canonp` below may be null. A TTL is in seconds, at least 1: the time until the first of the
/// leases expires.

/// All addresses of a name, the latest change first. If `*pat` is not null, the first address goes there.
Outcome addresses_of_all_families(const char* name, gaih_addrtuple** pat, Arena buffer,
                                  std::int32_t* ttlp) noexcept;

/// The addresses of a name that are of family `af`, AF_INET if it is AF_UNSPEC.
Outcome addresses_of_family(const char* name, int af, hostent& result, Arena buffer, std::int32_t* ttlp,
                            char** canonp) noexcept;

/// The name of an address: that of its latest lease which has one.
Outcome name_of_address(const void* address, socklen_t length, int af, hostent& result, Arena arena,
                        std::int32_t* ttlp) noexcept;

/// The next host, for gethostent(3); `unknown` after the last.
Outcome next_host(hostent& result, Arena arena) noexcept;

}  // namespace leases::nss
