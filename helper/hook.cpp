#include "helper/hook.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/host_name.h"
#include "dnsmasq/calling_server.h"
#include "dnsmasq/renewal_hint.h"
#include "dnsmasq/told_once.h"
#include "helper/importer_process.h"
#include "store/client_hardware.h"
#include "store/init_stream.h"
#include "store/network_name.h"
#include "store/server_duid.h"
#include "util/clock.h"
#include "util/local_subnets.h"
#include "util/log.h"

namespace leases {

namespace {

/// As far as an event tells of its client at all.
bool is_of_same_client(const Lease& lease, const LeaseEvent& event) {
  if (event.address.family == Family::v4) return !event.hardware || lease.hardware == event.hardware;
  return event.client_id.empty() || std::ranges::equal(lease.client_id, event.client_id);
}

/// The networks in which an address is leased, of those that are kept here: most recent first.
template <typename Accepts>
std::vector<std::string> networks_with(const IpAddress& address, const StoreTransaction& store,
                                       const Accepts& accepts) {
  std::vector<std::string> networks;
  const IndexView::Records records = store.view().find(address);
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (store.keeps(lease) && is_network_name(lease.network) && accepts(lease))
      networks.emplace_back(lease.network);
  }
  return networks;
}

/// Whether a server may say something of a network's leases: it serves the network, or nobody is known to.
bool may_tell_of(const std::optional<CallingServer>& caller, const ServerRegistry& registry,
                 std::string_view network) {
  return (caller && registry.serves(*caller, network)) || !registry.is_served(network);
}

/// dnsmasq does not name the interface of what ended while it was down.
std::string network_without_interface(const LeaseEvent& event, const StoreTransaction& store,
                                      const std::optional<CallingServer>& caller,
                                      const ServerRegistry& registry) {
  const auto is_told = [&](const Lease& lease) { return may_tell_of(caller, registry, lease.network); };
  const auto same = networks_with(event.address, store, [&](const Lease& lease) {
    return is_told(lease) && is_of_same_client(lease, event);
  });
  if (!same.empty()) return same.front();
  const auto others = networks_with(event.address, store, is_told);
  if (!others.empty())
    return event.kind == LeaseEvent::Kind::ended ? std::string(kUnknownNetwork) : others.front();
  const std::string interface = LocalSubnets().interface_of(event.address);
  return is_network_name(interface) ? interface : std::string(kUnknownNetwork);
}

/// The networks that the address leaves with this event: each server leases it once, whatever network that
/// was in, so its newest word counts. Of what no server is known to have told, only the same client's lease
/// has certainly moved.
std::vector<std::string> networks_left(const LeaseEvent& event, const std::string& network,
                                       const StoreTransaction& store,
                                       const std::optional<CallingServer>& caller,
                                       const ServerRegistry& registry) {
  return networks_with(event.address, store, [&](const Lease& lease) {
    if (lease.network == network) return false;
    if (lease.network == kUnknownNetwork) return true;
    if (caller && registry.serves(*caller, lease.network)) return true;
    return !registry.is_served(lease.network) && is_of_same_client(lease, event);
  });
}

/// Also those that are over: dnsmasq may have renewed them without a word.
bool has_leases(const StoreTransaction& store, const std::string& network) {
  bool has_some = false;
  store.view().for_each_lease([&](const Lease& lease) { has_some = has_some || lease.network == network; });
  return has_some;
}

/// Whether the index knows all that dnsmasq is to be told as it is.
bool knows_all(const StoreTransaction& store, const InitRequest& request) {
  return store.is_current() && (request.network.empty() || (store.is_current(request.network) &&
                                                            store.is_current_for_libvirt(request.network)));
}

/// One dnsmasq may serve several networks. But if there is one for each, each now takes all leases for its
/// own, and ends or renames those of the others.
void warn_of_shared_leases(const InitRequest& request, const std::vector<Lease>& leases,
                           DeferredLog& complaints) {
  const auto of_other_network = [&](const Lease& lease) { return lease.network != leases.front().network; };
  if (!request.network.empty() || std::none_of(leases.begin(), leases.end(), of_other_network)) return;
  complaints.add(
      "init: gives dnsmasq the leases of several networks; if each has its own dnsmasq, set "
      "NSS_LEASES_NETWORK in the "
      "environment of each");
}

/// dnsmasq does not start before it has its leases: other processes do not keep it waiting longer than this.
constexpr std::chrono::milliseconds kInitPatience{3000};
/// Of which so much is kept for reading the status files, when others had the rest.
constexpr std::chrono::milliseconds kForStatusFiles{1000};

StoreMode use_of(bool for_libvirt) {
  return for_libvirt ? StoreMode::libvirt : StoreMode::own;
}

/// What is wrong with another network's file does not concern the event, whose lease is kept by then.
void remove_from_other(const std::string& network, const IpAddress& address, StoreTransaction& store,
                       DeferredLog& complaints) try {
  store.remove_without_index(network, address);
} catch (const Error& error) {
  complaints.add(error.what());
}

std::vector<std::uint8_t> server_duid_of(const NetworkFilter& is_given, const StoreTransaction& store) {
  for (const std::string& network : store.networks()) {
    if (!is_given(network)) continue;
    auto duid = read_server_duid(store.state_directory(), network);
    if (!duid.empty()) return duid;
  }
  return {};
}

}  // namespace

Hook::Hook(std::string settings_path)
    : settings_path_(std::move(settings_path)), settings_(read_settings(settings_path_)) {
  for (const std::string& problem : settings_.problems) log_line(problem);
  const char* name = std::getenv("NSS_LEASES_NETWORK");
  if (name != nullptr && !is_network_name(name)) {
    log_line(std::string("NSS_LEASES_NETWORK: '") + name +
             "' cannot be the name of a network; the interface is used instead");
  }
}

bool Hook::run(const LeaseEvent& event) {
  find_caller(event);
  if (event.kind == LeaseEvent::Kind::leased) {
    HostsQuestion question{event.hostname, {}};
    if (event.for_libvirt && dnsmasq_) question.configuration = configuration_of(*dnsmasq_);
    settings_ = with_hosts_files(std::move(settings_), event.for_libvirt, question);
    for (const std::string& problem : settings_.names.problems()) log_line(problem);
  }
  // The importer needs the lock, so somebody else may get in between: then it has to be looked at again.
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (record_if_current(event, attempt == 0)) {
      follow_lease_file();
      warn_at_new_start();
      return true;
    }
    const Import import = run_importer(settings_path_);
    if (import == Import::done) continue;
    record_in_file_only(event);
    warn_at_new_start();
    return import == Import::index_failed;
  }
  log_line(settings_.state_directory +
           ": somebody else keeps changing the status files; let only leaseshelper write");
  record_in_file_only(event);
  warn_at_new_start();
  return false;
}

void Hook::find_caller(const LeaseEvent& event) {
  dnsmasq_ = calling_dnsmasq();
  if (!settings_.knows_directories) return;
  const auto directory = Directory::open_existing(settings_.state_directory);
  caller_ = calling_server(dnsmasq_, directory ? ServerRegistry::read(*directory) : ServerRegistry(),
                           event.for_libvirt ? event.network : std::string());
}

/// What dnsmasq forgot while it was stopped, it does not tell; but its lease file does.
bool Hook::lease_file_is_behind(bool is_new_start) const {
  if (!dnsmasq_ || !caller_ || caller_->is_of_libvirt()) return false;
  return caller_->leases.kind == LeaseDatabase::Kind::file && (is_new_start || !caller_->is_followed);
}

void Hook::follow_lease_file() const {
  if (is_follow_due_) run_importer(settings_path_);
}

void Hook::warn_at_new_start() const {
  if (is_new_start_ && dnsmasq_ && !caller_->is_of_libvirt()) warn_of_untold_renewals(*dnsmasq_);
}

std::string Hook::network_of(const LeaseEvent& event, const StoreTransaction& store,
                             ServerRegistry& registry) const {
  if (event.network.empty()) return network_without_interface(event, store, caller_, registry);
  if (!caller_) return event.network;
  return registry.network_of(*caller_, event.network, event.network_is_given,
                             [&](const std::string& network) { return has_leases(store, network); });
}

/// What a dnsmasq that has ended left in its queue may come after events of its next start, and be older.
bool Hook::note_caller(ServerRegistry& registry) const {
  if (!dnsmasq_ || !has_ended(*dnsmasq_)) return registry.note(*caller_);
  registry.note_pending(*caller_);
  return false;
}

/// No lease depends on it, so a failure is only told. But the importer finds no lease file except by the
/// registry, and notes there that it followed it: where that cannot be, each event would run it in vain.
bool Hook::note_server(const ServerRegistry& registry, const StoreTransaction& store, DeferredLog& complaints,
                       bool is_required) const try {
  if (registry.is_changed() || is_required) registry.write(store.state_directory());
  return true;
} catch (const Error& error) {
  if (!caller_ || is_told_now(settings_.runtime_directory, caller_->process)) {
    complaints.add(std::string(error.what()) +
                   "; leases are kept all the same, but dnsmasq's lease file is not followed until then");
  }
  return false;
}

bool Hook::record_if_current(const LeaseEvent& event, bool looks_for_undefined) {
  DeferredLog complaints;
  StoreTransaction store(settings_, use_of(event.for_libvirt));
  ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const bool is_new_start = caller_ && note_caller(registry);
  const std::string network = network_of(event, store, registry);
  if (is_new_start)
    registry.forget_idle([&](const std::string& name) { return name == network || has_leases(store, name); });
  if (looks_for_undefined && settings_.problems.empty() && store.knows_undefined_network()) return false;
  if (!store.is_current(network) || !store.is_current(kUnknownNetwork)) return false;
  if (store.lacks_libvirts_file(network) && dnsmasq_ && has_ended(*dnsmasq_)) return true;
  const std::vector<std::string> left = networks_left(event, network, store, caller_, registry);
  if (!std::ranges::all_of(left, [&](const std::string& name) { return store.is_current(name); }))
    return false;
  record(event, network, left, store);
  if (!store.index_problem().empty()) complaints.add(store.index_problem());
  const bool is_behind = lease_file_is_behind(is_new_start);
  const bool is_noted = note_server(registry, store, complaints, is_behind);
  is_new_start_ = is_new_start && is_noted;
  is_follow_due_ = is_behind && is_noted;
  return true;
}

/// Whatever is wrong, dnsmasq gets the leases that are known: it does not start if this fails, and if it
/// started with fewer, it would give addresses away that are in use.
bool Hook::run(const InitRequest& request) {
  require_directories(settings_);
  caller_ = starting_server(request.for_libvirt ? request.network : std::string());
  const Deadline deadline(kInitPatience);
  const Deadline for_others = deadline.sooner(kForStatusFiles);
  take_over_lease_file(for_others);
  auto stream = stream_from_index(request, false, for_others);
  if (!stream) stream = init_stream_of_files(settings_path_, request, ReadPolicy::strict, deadline);
  if (!stream) stream = stream_from_index(request, true, for_others);
  // The last resort takes the time that it takes: a large status file can need more than what is left.
  if (!stream) stream = init_stream_of_files(settings_path_, request, ReadPolicy::best_effort);
  if (!stream) return false;
  print_for_dnsmasq(*stream);
  return true;
}

/// A server that kept its leases in a file of its own until now may not have told of all renewals. A person
/// who looks at what dnsmasq would be given sees that, too.
void Hook::take_over_lease_file(const Deadline& until) const try {
  const auto directory = Directory::open_existing(settings_.state_directory);
  if (!directory) return;
  const ServerRegistry registry = ServerRegistry::read(*directory);
  const auto has_file = [](const KnownServer& known) {
    return known.server.leases.kind == LeaseDatabase::Kind::file;
  };
  if (!caller_) {
    if (std::ranges::any_of(registry.servers(), has_file)) run_importer(settings_path_, until);
    return;
  }
  const KnownServer* known = registry.find(*caller_);
  if (known != nullptr && has_file(*known))
    run_importer_of_lease_file(settings_path_, known->server.leases.file, until);
} catch (const Error& error) {
  log_line(error.what());
}

std::optional<std::string> Hook::stream_from_index(const InitRequest& request, bool stale_too,
                                                   const Deadline& until) try {
  DeferredLog complaints;
  const StoreMode use = use_of(request.for_libvirt);
  const LockWait wait{until};
  if (!stale_too && !knows_all(StoreTransaction(settings_, use, wait), request))
    run_importer(settings_path_, until);
  StoreTransaction store(settings_, use, wait);
  // Where files are missing, they tell less than the index.
  const bool is_best = knows_all(store, request) || (store.has_index() && store.lacks_file(request.network));
  if (stale_too ? !store.has_index() : !is_best) return {};
  if (!stale_too && !request.network.empty()) store.start_libvirt_network(request.network);
  ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const auto is_given = [&](std::string_view network) {
    return registry.gives(caller_, request.network, network);
  };
  std::vector<Lease> leases;
  store.view().for_each_lease([&](const Lease& lease) {
    if (is_given(lease.network) && store.keeps(lease)) leases.push_back(lease);
  });
  std::sort(leases.begin(), leases.end(), changed_before);
  if (!caller_ || registry.find(*caller_) == nullptr) warn_of_shared_leases(request, leases, complaints);
  const EpochSeconds present = now();
  std::string stream = init_stream(leases, present, server_duid_of(is_given, store));
  if (!stale_too) end_what_is_not_told(is_given, present, store, registry, complaints);
  if (!store.index_problem().empty()) complaints.add(store.index_problem());
  return stream;
} catch (const std::exception& error) {
  log_line(error.what());
  return {};
}

/// dnsmasq is not told of leases that are over, so it will never say that they have ended.
void Hook::end_what_is_not_told(const NetworkFilter& is_given, EpochSeconds present, StoreTransaction& store,
                                ServerRegistry& registry, DeferredLog& complaints) const try {
  store.remove_expired(is_given, present);
  if (caller_ && registry.note(*caller_)) note_server(registry, store, complaints, false);
} catch (const Error& error) {
  complaints.add(error.what());
}

/// The lease is noted in its network before it goes from others, so that it is never in none. The server's
/// DUID is noted last: the lease has it, too, and must not be lost with it.
void Hook::record(const LeaseEvent& event, const std::string& network, const std::vector<std::string>& left,
                  StoreTransaction& store) const {
  if (event.kind == LeaseEvent::Kind::ended) {
    store.remove(network, event.address);
  } else {
    store.put(lease_of(event, network, left, store));
  }
  for (const std::string& other : left) store.remove(other, event.address);
  if (event.kind == LeaseEvent::Kind::leased && !event.server_duid.empty())
    remember_server_duid(store.state_directory(), network, event.server_duid);
}

/// The truth can be kept even where no index can be made, say when /run is full. dnsmasq never repeats a
/// call.
void Hook::record_in_file_only(const LeaseEvent& event) {
  DeferredLog complaints;
  StoreTransaction store(settings_, use_of(event.for_libvirt));
  ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const bool is_new_start = caller_ && note_caller(registry);
  const std::string network = network_of(event, store, registry);
  if (event.kind == LeaseEvent::Kind::ended) {
    store.remove_without_index(network, event.address);
  } else {
    store.put_without_index(lease_of(event, network, {}, store));
  }
  for (const std::string& other : networks_left(event, network, store, caller_, registry))
    remove_from_other(other, event.address, store, complaints);
  is_new_start_ = note_server(registry, store, complaints, false) && is_new_start;
}

Lease Hook::lease_of(const LeaseEvent& event, const std::string& network,
                     const std::vector<std::string>& left, const StoreTransaction& store) const {
  Lease lease = event.lease(network);
  auto before = store.find(network, event.address);
  if (!before && !left.empty()) before = store.find(left.front(), event.address);
  // dnsmasq keeps no name that is not a host label, so it cannot repeat it.
  if (before && event.repeats && lease.hostname.empty() && !is_host_label(before->hostname) &&
      is_of_same_client(*before, event))
    lease.hostname = before->hostname;
  // dnsmasq forgets an IPv6 client's MAC when it restarts; it is still the same client's.
  if (before && !lease.hardware && lease.iaid == before->iaid &&
      std::ranges::equal(lease.client_id, before->client_id)) {
    lease.hardware = before->hardware;
  }
  lease.name_refused = settings_.names.refusal(lease).has_value();
  const Table& snapshot = store.view().snapshot();
  if (snapshot.guest_count() == 0) return lease;
  if (const auto hardware = hardware_of_client(lease, store.view())) {
    const std::string_view guest = snapshot.guest_name(*hardware, network);
    if (!guest.empty() && !settings_.names.refusal(label_of(guest))) lease.guest_name = guest;
  }
  return lease;
}

}  // namespace leases
