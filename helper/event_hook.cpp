#include "helper/event_hook.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/host_name.h"
#include "common/lookup.h"
#include "dnsmasq/calling_server.h"
#include "dnsmasq/renewal_hint.h"
#include "helper/event_network.h"
#include "helper/import_pause.h"
#include "helper/importer_process.h"
#include "store/client_hardware.h"
#include "store/network_name.h"
#include "store/server_duid.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/log.h"

namespace leases {

namespace {

/// dnsmasq's next events wait for this one. A file of another program may be on a disk or server that does
/// not answer; an importer that can read all files takes a fraction of this.
constexpr std::chrono::milliseconds kImportPatience{10'000};
/// For an import on which the event does not depend: it is recorded already.
constexpr std::chrono::milliseconds kOptionalImportPatience{5'000};

/// By now the event's lease is recorded, so a fault in another network's file is only logged.
void remove_from_other(const std::string& network, const IpAddress& address, StoreTransaction& store,
                       DeferredLog& complaints) try {
  store.remove_without_index(network, address);
} catch (const Error& error) {
  complaints.add(error.what());
}

bool is_later_start(const ProcessIdentity& a, const ProcessIdentity& b) {
  return a.boot == b.boot && a.started > b.started;
}

}  // namespace

EventHook::EventHook(HookContext context, const LeaseEvent& event)
    : context_(std::move(context)), event_(event) {}

bool EventHook::run() {
  find_caller();
  if (event_.kind == LeaseEvent::Kind::leased) {
    HostsQuestion question{event_.hostname, {}};
    if (event_.for_libvirt && dnsmasq_) question.configuration = configuration_of(*dnsmasq_);
    context_.settings = with_hosts_files(std::move(context_.settings), event_.for_libvirt, question);
    for (const std::string& problem : context_.settings.names.problems()) log_line(problem);
  } else {
    context_.settings = with_own_names(std::move(context_.settings));
  }
  // The importer takes the lock itself, so another process may write in between. Then the files are compared
  // again.
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (record_if_current(attempt == 0)) {
      if (is_import_due_) import_if_possible();
      warn_at_new_start();
      return true;
    }
    const Import import = run_importer(context_.settings_path, Deadline(kImportPatience));
    if (import == Import::done) continue;
    record_in_file_only();
    warn_at_new_start();
    return import == Import::index_failed;
  }
  log_line(
      context_.settings.state_directory +
      ": another program keeps changing the status files; only leaseshelper and leasectl should write them");
  record_in_file_only();
  warn_at_new_start();
  return false;
}

void EventHook::import_if_possible() const {
  const std::string& place = context_.settings.runtime_directory;
  // What a start of dnsmasq changed shows in its lease file alone.
  if (!is_new_start_ && is_import_paused(place, now())) return;
  if (run_importer(context_.settings_path, Deadline(kOptionalImportPatience)) != Import::done)
    pause_imports(place, now());
}

void EventHook::find_caller() {
  dnsmasq_ = calling_dnsmasq();
  if (!context_.settings.knows_directories) return;
  const auto directory = Directory::open_existing(context_.settings.state_directory);
  context_.caller = calling_server(dnsmasq_, directory ? ServerRegistry::read(*directory) : ServerRegistry(),
                                   event_.for_libvirt ? event_.network : std::string());
  if (context_.caller && event_.network_is_given) context_.caller->asked = event_.network;
}

/// dnsmasq does not report what changed while it was stopped, but its lease file shows it.
bool EventHook::lease_file_is_behind(bool is_new_start) const {
  if (!dnsmasq_ || !context_.caller || context_.caller->is_of_libvirt()) return false;
  return context_.caller->leases.kind == LeaseDatabase::Kind::file &&
         (is_new_start || !context_.caller->is_followed);
}

void EventHook::warn_at_new_start() const {
  if (is_new_start_ && dnsmasq_ && !context_.caller->is_of_libvirt()) warn_of_unreported_renewals(*dnsmasq_);
}

/// Events that a dnsmasq left in its queue when it ended are older than those of its next start, even if they
/// come later.
bool EventHook::note_caller(ServerRegistry& registry) {
  context_.caller->has_ended = dnsmasq_ && has_ended(*dnsmasq_);
  if (!context_.caller->has_ended) return registry.note(*context_.caller);
  registry.note_pending(*context_.caller);
  return false;
}

/// The index was made when this machine had another name.
bool EventHook::answers_own_name(const IndexView& view) const {
  return std::ranges::any_of(context_.settings.names.own(), [&](const std::string& name) {
    bool is_answered = false;
    const auto query = HostQuery::parse(name);
    if (query) {
      visit_answers(view, *query, now(), [&](const Answer&) {
        is_answered = true;
        return false;
      });
    }
    return is_answered;
  });
}

bool EventHook::record_if_current(bool looks_for_undefined) {
  DeferredLog complaints;
  StoreTransaction store(context_.settings, mode_for(event_.for_libvirt));
  ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const bool is_new_start = context_.caller && note_caller(registry);
  const std::string network = network_of(event_, store, context_.caller, registry);
  if (is_new_start)
    registry.forget_idle([&](const std::string& name) { return name == network || has_leases(store, name); });
  if (looks_for_undefined && context_.settings.problems.empty() && store.has_undefined_network())
    return false;
  if (!store.is_current(network) || !store.is_current(kUnknownNetwork)) return false;
  if (store.lacks_libvirt_file(network) && dnsmasq_ && has_ended(*dnsmasq_)) return true;
  const std::vector<std::string> left = networks_left(event_, network, store, context_.caller, registry);
  if (!std::ranges::all_of(left, [&](const std::string& name) { return store.is_current(name); }))
    return false;
  if (is_overtaken(network, left, store, registry)) return true;
  record(network, left, store);
  if (!store.index_problem().empty()) complaints.add(store.index_problem());
  const bool is_behind = lease_file_is_behind(is_new_start);
  const bool is_noted = context_.note_server(registry, store, is_behind, complaints);
  is_new_start_ = is_new_start && is_noted;
  is_import_due_ = (is_behind && is_noted) || answers_own_name(store.view());
  return true;
}

/// Whether the event comes from the queue of a dnsmasq that has ended, and its next start has leased the
/// address to another client meanwhile. If that start has not called yet, what is recorded comes from the
/// same queue, and this event is the later one.
bool EventHook::is_overtaken(const std::string& network, const std::vector<std::string>& left,
                             const StoreTransaction& store, const ServerRegistry& registry) const {
  if (!dnsmasq_ || !context_.caller || !context_.caller->has_ended) return false;
  const KnownServer* known = registry.find(*context_.caller);
  if (known == nullptr || !is_later_start(known->server.process, dnsmasq_->process)) return false;
  const auto is_of_another_client = [&](const std::string& name) {
    const auto lease = store.find(name, event_.address);
    return lease && !lease->expiry.expired_at(now()) && !may_be_of_same_client(*lease, event_);
  };
  return is_of_another_client(network) || std::ranges::any_of(left, is_of_another_client);
}

/// The lease is recorded in its network before it is removed from others, so it is always in one. The
/// server's DUID comes last: the lease has it too, and must not be lost if it cannot be written.
void EventHook::record(const std::string& network, const std::vector<std::string>& left,
                       StoreTransaction& store) const {
  if (event_.kind == LeaseEvent::Kind::ended) {
    store.remove(network, event_.address);
  } else {
    store.put(lease_in(network, left, store));
  }
  for (const std::string& other : left) store.remove(other, event_.address);
  if (event_.kind == LeaseEvent::Kind::leased && !event_.server_duid.empty())
    remember_server_duid(store.state_directory(), network, event_.server_duid);
}

/// dnsmasq never repeats a call, so the status file is written even when no index can be, say because /run is
/// full.
void EventHook::record_in_file_only() {
  DeferredLog complaints;
  StoreTransaction store(context_.settings, mode_for(event_.for_libvirt));
  ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const bool is_new_start = context_.caller && note_caller(registry);
  const std::string network = network_of(event_, store, context_.caller, registry);
  const std::vector<std::string> left = networks_left(event_, network, store, context_.caller, registry);
  if (is_overtaken(network, left, store, registry)) return;
  if (event_.kind == LeaseEvent::Kind::ended) {
    store.remove_without_index(network, event_.address);
  } else {
    store.put_without_index(lease_in(network, {}, store));
  }
  for (const std::string& other : left) remove_from_other(other, event_.address, store, complaints);
  is_new_start_ = context_.note_server(registry, store, false, complaints) && is_new_start;
}

Lease EventHook::lease_in(const std::string& network, const std::vector<std::string>& left,
                          const StoreTransaction& store) const {
  Lease lease = event_.lease(network);
  auto before = store.find(network, event_.address);
  if (!before && !left.empty()) before = store.find(left.front(), event_.address);
  // dnsmasq keeps no name that is not a host label, so it cannot repeat it.
  if (before && event_.repeats && lease.hostname.empty() && !is_host_label(before->hostname) &&
      may_be_of_same_client(*before, event_))
    lease.hostname = before->hostname;
  // dnsmasq tells the domain of clients whose name it keeps, and libvirt's file has none: an import reads it
  // from the network's configuration.
  if (before && event_.for_libvirt && lease.domain.empty() && !is_host_label(lease.hostname) &&
      may_be_of_same_client(*before, event_))
    lease.domain = before->domain;
  // dnsmasq forgets an IPv6 client's MAC when it restarts; it is still the same client.
  if (before && !lease.hardware && lease.iaid == before->iaid &&
      std::ranges::equal(lease.client_id, before->client_id)) {
    lease.hardware = before->hardware;
  }
  context_.settings.names.judge(lease);
  const Table& snapshot = store.view().snapshot();
  if (snapshot.guest_count() == 0) return lease;
  if (const auto hardware = hardware_of_client(lease, store.view())) {
    context_.settings.names.name_guest(lease, snapshot.guest_name(*hardware, network));
  }
  return lease;
}

}  // namespace leases
