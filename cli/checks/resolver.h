#pragma once

#include <set>
#include <string>

#include "common/address.h"

namespace leases::cli {

/// The answer of getaddrinfo(3) in this process.
struct ResolverAnswer {
  std::set<IpAddress> addresses;
  std::string error;        ///< gai_strerror(3), if there are no addresses
  bool is_unknown = false;  ///< there are none since every source that was asked said so
};

/// Asks getaddrinfo(3), unless that would wait for a FIFO or end this process: `error` then says why.
ResolverAnswer resolve_name(const std::string& name);

/// From now on this process asks only these services for hosts, and not nscd. As in nsswitch.conf(5):
/// "files".
void ask_only(const std::string& services);

}  // namespace leases::cli
