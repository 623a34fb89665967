#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/directory.h"

namespace leases {

/// In the directory of libvirt's dnsmasq, a network's configuration is its name and this. Only root may read
/// it.
inline constexpr std::string_view kLibvirtConfiguration = ".conf";

/// What a network's configuration says.
struct LibvirtNetwork {
  std::string bridge;  ///< by which its leases are kept
  std::string domain;  ///< of its clients (dnsmasq(8), --domain); empty if it has none
};

/// Nothing if the network has no configuration, or this process cannot read it.
std::optional<LibvirtNetwork> libvirt_network(const Directory& directory, const std::string& network);

/// Its bridge alone.
std::optional<std::string> bridge_of_libvirt_network(const Directory& directory, const std::string& network);

}  // namespace leases
