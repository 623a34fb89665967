#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "util/directory.h"

namespace leases {

/// With leasefile-ro, dnsmasq does not store its DHCPv6 server's DUID, and makes a new one if `init` does not
/// supply it. The leases carry it, but the last of them may be gone, so it has its own file, <network>.duid.

inline constexpr std::string_view kDuidSuffix = ".duid";

/// The DUID of a network's server; empty if it is not known. Also empty, and logged, if the file cannot be
/// read.
std::vector<std::uint8_t> read_server_duid(const Directory& directory, std::string_view network);

/// Writes the DUID if the file does not have it yet. Throws Error.
void remember_server_duid(const Directory& directory, std::string_view network,
                          std::span<const std::uint8_t> duid);

}  // namespace leases
