#include "helper/hook.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/host_name.h"
#include "helper/complaint.h"
#include "helper/importer_process.h"
#include "helper/init_stream.h"
#include "helper/interfaces.h"
#include "helper/network_name.h"
#include "helper/server_duid.h"

namespace leases {

namespace {

/// As far as an event tells of its client at all.
bool is_of_same_client(const Lease& lease, const LeaseEvent& event) {
  if (event.address.family == Family::v4) return !event.hardware || lease.hardware == event.hardware;
  return event.client_id.empty() || std::ranges::equal(lease.client_id, event.client_id);
}

/// Two networks may use the same addresses, and dnsmasq does not name the interface of what ended while it
/// was down.
std::string network_of(const LeaseEvent& event, const LeaseStore& store) {
  if (!event.network.empty()) return event.network;
  const IndexView::Records records = store.view().find(event.address);
  std::string of_another_client;
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (!store.keeps(lease) || !is_network_name(lease.network)) continue;
    if (is_of_same_client(lease, event)) return std::string(lease.network);
    if (of_another_client.empty()) of_another_client = lease.network;
  }
  if (!of_another_client.empty())
    return event.kind == LeaseEvent::Kind::ended ? std::string(kUnknownNetwork) : of_another_client;
  const std::string interface = LocalSubnets().interface_of(event.address);
  return is_network_name(interface) ? interface : std::string(kUnknownNetwork);
}

/// Whether the index knows all that dnsmasq is to be told as it is.
bool knows_all(const LeaseStore& store, const InitRequest& request) {
  return store.is_current() && (request.network.empty() ||
                                (store.is_current(request.network) && store.knows_libvirts(request.network)));
}

/// One dnsmasq may serve several networks. But if there is one for each, each now takes all leases for its
/// own, and ends or renames those of the others.
void warn_of_shared_leases(const InitRequest& request, const std::vector<Lease>& leases) {
  const auto of_other_network = [&](const Lease& lease) { return lease.network != leases.front().network; };
  if (!request.network.empty() || std::none_of(leases.begin(), leases.end(), of_other_network)) return;
  complain(
      "init: gives dnsmasq the leases of several networks; if each has its own dnsmasq, set "
      "NSS_LEASES_NETWORK in the "
      "environment of each");
}

StoreUse use_of(bool for_libvirt) {
  return for_libvirt ? StoreUse::libvirt : StoreUse::own;
}

std::vector<std::uint8_t> server_duid_of(const InitRequest& request, const LeaseStore& store) {
  if (!request.network.empty()) return read_server_duid(store.state_directory(), request.network);
  for (const std::string& network : store.networks()) {
    auto duid = read_server_duid(store.state_directory(), network);
    if (!duid.empty()) return duid;
  }
  return {};
}

}  // namespace

Hook::Hook(std::string settings_path)
    : settings_path_(std::move(settings_path)), settings_(read_settings(settings_path_)) {
  for (const std::string& problem : settings_.problems) complain(problem);
  const char* name = std::getenv("NSS_LEASES_NETWORK");
  if (name != nullptr && !is_network_name(name)) {
    complain(std::string("NSS_LEASES_NETWORK: '") + name +
             "' cannot be the name of a network; the interface is used instead");
  }
}

bool Hook::run(const LeaseEvent& event) {
  // The importer needs the lock, so somebody else may get in between: then it has to be looked at again.
  for (int attempt = 0; attempt < 3; ++attempt) {
    {
      LeaseStore store(settings_, use_of(event.for_libvirt));
      const std::string network = network_of(event, store);
      if (store.is_current(network) && store.is_current(kUnknownNetwork)) {
        record(event, network, store);
        return true;
      }
    }
    if (!run_importer(settings_path_)) {
      record_in_file_only(event);
      return false;
    }
  }
  complain(settings_.state_directory +
           ": somebody else keeps changing the status files; let only leaseshelper write");
  record_in_file_only(event);
  return false;
}

/// Whatever is wrong, dnsmasq gets the leases that are known: it does not start if this fails, and if it
/// started with fewer, it would give addresses away that are in use.
bool Hook::run(const InitRequest& request) {
  require_directories(settings_);
  auto stream = stream_from_index(request, false);
  if (!stream && print_init_stream_of_files(settings_path_, request, Reading::all)) return true;
  if (!stream) stream = stream_from_index(request, true);
  if (!stream) return print_init_stream_of_files(settings_path_, request, Reading::what_can_be_read);
  print_for_dnsmasq(*stream);
  return true;
}

std::optional<std::string> Hook::stream_from_index(const InitRequest& request, bool stale_too) try {
  const StoreUse use = use_of(request.for_libvirt);
  if (!stale_too && !knows_all(LeaseStore(settings_, use), request)) run_importer(settings_path_);
  LeaseStore store(settings_, use);
  if (stale_too ? !store.has_index() : !knows_all(store, request)) return {};
  if (!stale_too && !request.network.empty()) store.begin_network_of_libvirt(request.network);
  std::vector<Lease> leases;
  store.view().for_each_lease([&](const Lease& lease) {
    if ((request.network.empty() || lease.network == request.network) && store.keeps(lease))
      leases.push_back(lease);
  });
  std::sort(leases.begin(), leases.end(), changed_before);
  warn_of_shared_leases(request, leases);
  const EpochSeconds present = now();
  std::string stream = init_stream(leases, present, server_duid_of(request, store));
  // dnsmasq is not told of these leases, so it will never say that they have ended.
  try {
    if (!stale_too) store.remove_expired(request.network, present);
  } catch (const StoreError& error) {
    complain(error.what());
  }
  return stream;
} catch (const std::exception& error) {
  complain(error.what());
  return {};
}

/// The lease is noted in its network before it goes from the unknown one, so that it is never in neither. The
/// server's DUID is noted last: the lease has it, too, and must not be lost with it.
void Hook::record(const LeaseEvent& event, const std::string& network, LeaseStore& store) {
  renewal_hint_.look_at(event, network, store.find(network, event.address));
  if (event.kind == LeaseEvent::Kind::ended) {
    store.remove(network, event.address);
  } else {
    store.put(lease_of(event, network, store));
  }
  if (network != kUnknownNetwork) store.remove(kUnknownNetwork, event.address);
  if (event.kind == LeaseEvent::Kind::leased && !event.server_duid.empty())
    remember_server_duid(store.state_directory(), network, event.server_duid);
}

/// The truth can be kept even where no index can be made, say when /run is full. dnsmasq never repeats a
/// call.
void Hook::record_in_file_only(const LeaseEvent& event) {
  LeaseStore store(settings_, use_of(event.for_libvirt));
  const std::string network = network_of(event, store);
  if (event.kind == LeaseEvent::Kind::ended) {
    store.remove_in_file_only(network, event.address);
  } else {
    store.put_in_file_only(lease_of(event, network, store));
  }
}

Lease Hook::lease_of(const LeaseEvent& event, const std::string& network, const LeaseStore& store) const {
  Lease lease = event.lease(network);
  lease.name_refused = !lease.hostname.empty() && settings_.names.refusal(lease.hostname).has_value();
  // dnsmasq forgets an IPv6 client's MAC when it restarts; it is still the same client's.
  const auto before = store.find(network, event.address);
  if (before && !lease.hardware && lease.iaid == before->iaid &&
      std::ranges::equal(lease.client_id, before->client_id)) {
    lease.hardware = before->hardware;
  }
  if (lease.hardware) {
    const std::string_view guest = store.view().snapshot().guest_name(*lease.hardware, network);
    if (!guest.empty() && !settings_.names.refusal(label_of(guest))) lease.guest_name = guest;
  }
  return lease;
}

}  // namespace leases
