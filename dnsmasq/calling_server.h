#pragma once

#include <optional>
#include <string>

#include "dnsmasq/server_registry.h"
#include "store/importer_call.h"

namespace leases {

/// The server that runs this program for a lease: `dnsmasq`, if it was found. `libvirt_bridge` is empty
/// unless it is one of libvirt's. If `registry` knows the process, this is its entry, with the place of the
/// leases as soon as that can be seen. Else the server is examined, for which this process needs all its
/// rights. Nothing if the caller is not dnsmasq but a test, a person or another server's script.
std::optional<CallingServer> calling_server(const std::optional<CallingDnsmasq>& dnsmasq,
                                            const ServerRegistry& registry,
                                            const std::string& libvirt_bridge);

/// The server that asks the helper, whose parent is `parent`, for its leases (`init`). It keeps no lease
/// file.
std::optional<CallingServer> starting_server(const InitRequest& request, pid_t parent = ::getppid());

}  // namespace leases
