#include "dnsmasq/calling_server.h"

namespace leases {

namespace {

std::string key_of(const std::optional<CallingDnsmasq>& dnsmasq, const std::string& libvirt_bridge) {
  if (!libvirt_bridge.empty()) return "libvirt:" + libvirt_bridge;
  return dnsmasq ? options_key(dnsmasq->process.id) : std::string();
}

}  // namespace

std::optional<CallingServer> calling_server(const std::optional<CallingDnsmasq>& dnsmasq,
                                            const ServerRegistry& registry,
                                            const std::string& libvirt_bridge) {
  const KnownServer* known = dnsmasq ? registry.find(dnsmasq->process) : nullptr;
  if (known != nullptr && known->server.is_of_libvirt() == !libvirt_bridge.empty()) {
    CallingServer server = known->server;
    if (server.leases.kind == LeaseDatabase::Kind::unknown) server.leases = lease_database_of(*dnsmasq);
    return server;
  }
  const std::string key = key_of(dnsmasq, libvirt_bridge);
  if (key.empty()) return {};
  if (!dnsmasq) return CallingServer{key, {}, {}, {LeaseDatabase::Kind::helper}};
  return CallingServer{key, dnsmasq->process, network_namespace(), lease_database_of(*dnsmasq)};
}

std::optional<CallingServer> starting_server(const InitRequest& request, pid_t parent) {
  const auto dnsmasq = calling_dnsmasq(parent);
  const std::string key = key_of(dnsmasq, request.for_libvirt ? request.network : std::string());
  if (key.empty()) return {};
  CallingServer server{key,
                       dnsmasq ? dnsmasq->process : ProcessIdentity{},
                       dnsmasq ? network_namespace() : std::string(),
                       {LeaseDatabase::Kind::helper}};
  server.asked = request.network;
  return server;
}

}  // namespace leases
