#pragma once

#include <set>
#include <string>

#include "common/address.h"

namespace leases::cli {

/// What getaddrinfo(3) answers in this process. Nothing, if that would wait for a FIFO.
struct ResolverAnswer {
  std::set<IpAddress> addresses;
  std::string error;  ///< gai_strerror(3), if there are no addresses
};

ResolverAnswer resolve_name(const std::string& name);

/// From now on this process asks these services for hosts and no others, nscd included: "files".
void ask_only(const std::string& services);

}  // namespace leases::cli
