#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/directory.h"

namespace leases {

/// In the directory of libvirt's dnsmasq, a network's configuration is its name and this. Only root may read
/// it.
inline constexpr std::string_view kLibvirtConfiguration = ".conf";

/// The bridge of a network of libvirt's, by which its leases are kept, from that configuration; nothing if
/// there is none, or this process cannot read it.
std::optional<std::string> bridge_of_libvirt_network(const Directory& directory, const std::string& network);

}  // namespace leases
