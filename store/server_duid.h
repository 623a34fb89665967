#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "util/directory.h"

namespace leases {

/// With leasefile-ro, dnsmasq keeps its DHCPv6 server's DUID nowhere but here, and makes a new one if `init`
/// does not tell it. The leases carry it, but the last of them may be gone: so it has a file of its own,
/// <network>.duid.

inline constexpr std::string_view kDuidSuffix = ".duid";

/// The DUID of a network's server; empty if it is not known, or, with a complaint, if the file cannot be
/// looked at.
std::vector<std::uint8_t> read_server_duid(const Directory& directory, std::string_view network);

/// Writes it, if it is not what is written already. Throws Error.
void remember_server_duid(const Directory& directory, std::string_view network,
                          std::span<const std::uint8_t> duid);

}  // namespace leases
