#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "common/address.h"
#include "common/lease.h"

namespace leases::cli {

inline constexpr std::uint16_t kDnsPort = 53;

/// The addresses of a family that a DNS server (over UDP) answers for a host name; empty if it gives none.
/// Nothing if it does not answer within a second.
std::optional<std::set<IpAddress>> ask_dns(const IpAddress& server, const std::string& name, Family family,
                                           std::uint16_t port = kDnsPort);

/// The address of the dnsmasq that leased an address. It serves DNS where it serves DHCP: at this host's
/// address there. Nothing if this host has none there.
std::optional<IpAddress> dns_server_of(const Lease& lease);

}  // namespace leases::cli
