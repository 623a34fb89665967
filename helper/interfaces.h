#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/address.h"

namespace leases {

/// The name of the network interface of this host in whose subnet an address lies; empty if there is none.
std::string interface_of(const IpAddress& address);

/// The prefix length of the subnet of an interface of this host in which an address lies.
std::optional<unsigned> prefix_length(std::string_view interface, const IpAddress& address);

}  // namespace leases
