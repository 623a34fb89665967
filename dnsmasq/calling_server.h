#pragma once

#include <optional>
#include <string>

#include "dnsmasq/server_registry.h"

namespace leases {

/// The server that runs this program for a lease: `dnsmasq`, if that is found. `libvirt_bridge` is empty
/// unless it is one of libvirt's. If `registry` knows its process, what that knows of it, and where
/// its leases are as soon as that can be seen; else as it shows itself, for which this process needs all its
/// rights. Nothing if it is no dnsmasq: a test, a person,
/// another server's script.
std::optional<CallingServer> calling_server(const std::optional<CallingDnsmasq>& dnsmasq,
                                            const ServerRegistry& registry,
                                            const std::string& libvirt_bridge);

/// The server that asks the helper, whose parent is `parent`, for its leases (`init`): it has them from
/// nowhere else.
std::optional<CallingServer> starting_server(const std::string& libvirt_bridge, pid_t parent = ::getppid());

}  // namespace leases
