#pragma once

#include <sys/types.h>

#include <string>

namespace leases::cli {

/// A user that dnsmasq may run its script as (dhcp-scriptuser).
struct ScriptUser {
  std::string name;
  uid_t id = 0;
  gid_t group = 0;
};

}  // namespace leases::cli
