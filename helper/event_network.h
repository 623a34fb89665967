#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dnsmasq/calling_server.h"
#include "dnsmasq/server_registry.h"
#include "helper/lease_event.h"
#include "store/transaction.h"

namespace leases {

/// Whether a lease may be of the event's client: false only if the event names its client (IPv4: by hardware
/// address, IPv6: by DUID) and the lease has another one. dnsmasq leaves that out where it has forgotten it.
/// is_same_client() of import/lease_file_merge.h is stricter: there, both must be named.
bool may_be_of_same_client(const Lease& lease, const LeaseEvent& event);

/// Whether the index has leases of a network, expired ones included: dnsmasq may have renewed them without a
/// word.
bool has_leases(const StoreTransaction& store, const std::string& network);

/// The network that an event is about.
std::string network_of(const LeaseEvent& event, const StoreTransaction& store,
                       const std::optional<CallingServer>& caller, ServerRegistry& registry);

/// The networks that the address leaves with this event: each server leases it once, whatever network that
/// was in, so its newest word counts. Among leases that no server is known to have reported, only the same
/// client's has certainly moved.
std::vector<std::string> networks_left(const LeaseEvent& event, const std::string& network,
                                       const StoreTransaction& store,
                                       const std::optional<CallingServer>& caller,
                                       const ServerRegistry& registry);

}  // namespace leases
