#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/address.h"

namespace leases::cli {

/// The addresses of a family that a DNS server (port 53, UDP) answers for a host name; empty if it gives
/// none. Nothing if it does not answer within a second.
std::optional<std::set<IpAddress>> ask_dns(const IpAddress& server, const std::string& name, Family family);

}  // namespace leases::cli
