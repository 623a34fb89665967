#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dnsmasq/calling_server.h"
#include "dnsmasq/server_registry.h"
#include "helper/lease_event.h"
#include "store/transaction.h"

namespace leases {

/// Whether a lease may belong to the event's client: false only if the event names the client (IPv4: by
/// hardware address, IPv6: by DUID) and the lease names another. dnsmasq leaves out what it has forgotten.
bool may_be_of_same_client(const Lease& lease, const LeaseEvent& event);

/// Whether the index has leases of a network, expired ones included: dnsmasq may have renewed them without
/// reporting it.
bool has_leases(const StoreTransaction& store, const std::string& network);

/// The network that an event is about.
std::string network_of(const LeaseEvent& event, const StoreTransaction& store,
                       const std::optional<CallingServer>& caller, ServerRegistry& registry);

/// The networks that the address leaves with this event. A server leases an address once, in one network, so
/// its latest event counts. Of the leases that no known server reported, only one of the same client has
/// certainly moved.
std::vector<std::string> networks_left(const LeaseEvent& event, const std::string& network,
                                       const StoreTransaction& store,
                                       const std::optional<CallingServer>& caller,
                                       const ServerRegistry& registry);

}  // namespace leases
