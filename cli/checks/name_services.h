#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "cli/checks/dns_client.h"
#include "cli/checks/resolver.h"
#include "common/address.h"
#include "common/lease.h"

namespace leases::cli {

/// The services of this host that check_names() asks.
struct NameServices {
  std::function<ResolverAnswer(const std::string& name)> resolve = resolve_name;
  std::function<void(const std::string& services)> ask_only = cli::ask_only;
  std::function<std::optional<IpAddress>(const Lease&)> dns_server_of = cli::dns_server_of;
  std::function<std::optional<std::set<IpAddress>>(const IpAddress& server, const std::string& name, Family)>
      ask_dns = [](const IpAddress& server, const std::string& name, Family family) {
        return cli::ask_dns(server, name, family);
      };
};

}  // namespace leases::cli
