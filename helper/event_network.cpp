#include "helper/event_network.h"

#include <algorithm>

#include "store/network_name.h"
#include "util/local_subnets.h"

namespace leases {

namespace {

/// The networks in which the store owns a lease of an address: most recent first.
template <typename Accepts>
std::vector<std::string> networks_with(const IpAddress& address, const StoreTransaction& store,
                                       const Accepts& accepts) {
  std::vector<std::string> networks;
  const IndexView::Records records = store.view().find(address);
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (store.owns(lease) && is_network_name(lease.network) && accepts(lease))
      networks.emplace_back(lease.network);
  }
  return networks;
}

/// Whether a server may report leases of a network: it serves that network, or no known server does.
bool may_report(const std::optional<CallingServer>& caller, const ServerRegistry& registry,
                std::string_view network) {
  return (caller && registry.serves(*caller, network)) || !registry.is_served(network);
}

/// dnsmasq does not name the interface of a lease that ended while it was down.
std::string network_without_interface(const LeaseEvent& event, const StoreTransaction& store,
                                      const std::optional<CallingServer>& caller,
                                      const ServerRegistry& registry) {
  const auto may_be_meant = [&](const Lease& lease) { return may_report(caller, registry, lease.network); };
  const auto same = networks_with(event.address, store, [&](const Lease& lease) {
    return may_be_meant(lease) && may_be_of_same_client(lease, event);
  });
  if (!same.empty()) return same.front();
  const auto others = networks_with(event.address, store, may_be_meant);
  if (!others.empty())
    return event.kind == LeaseEvent::Kind::ended ? std::string(kUnknownNetwork) : others.front();
  const std::string interface = LocalSubnets().interface_of(event.address);
  return is_network_name(interface) ? interface : std::string(kUnknownNetwork);
}

}  // namespace

bool may_be_of_same_client(const Lease& lease, const LeaseEvent& event) {
  if (event.address.family == Family::v4) return !event.hardware || lease.hardware == event.hardware;
  return event.client_id.empty() || std::ranges::equal(lease.client_id, event.client_id);
}

bool has_leases(const StoreTransaction& store, const std::string& network) {
  bool has_some = false;
  store.view().for_each_lease([&](const Lease& lease) { has_some = has_some || lease.network == network; });
  return has_some;
}

std::string network_of(const LeaseEvent& event, const StoreTransaction& store,
                       const std::optional<CallingServer>& caller, ServerRegistry& registry) {
  if (event.network.empty()) return network_without_interface(event, store, caller, registry);
  if (!caller) return event.network;
  return registry.network_of(*caller, event.network, event.network_is_given,
                             [&](const std::string& network) { return has_leases(store, network); });
}

std::vector<std::string> networks_left(const LeaseEvent& event, const std::string& network,
                                       const StoreTransaction& store,
                                       const std::optional<CallingServer>& caller,
                                       const ServerRegistry& registry) {
  return networks_with(event.address, store, [&](const Lease& lease) {
    if (lease.network == network) return false;
    if (lease.network == kUnknownNetwork) return true;
    if (caller && registry.serves(*caller, lease.network)) return true;
    return !registry.is_served(lease.network) && may_be_of_same_client(lease, event);
  });
}

}  // namespace leases
