#include "helper/init_hook.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <utility>

#include "helper/importer_process.h"
#include "store/init_stream.h"
#include "store/server_duid.h"
#include "util/clock.h"
#include "util/error.h"

namespace leases {

namespace {

/// dnsmasq waits for its leases before it starts. It is not kept waiting longer than this by other processes,
/// but for the taking over of its lease file.
constexpr std::chrono::milliseconds kInitPatience{3000};
/// The part of it that is reserved for reading the status files.
constexpr std::chrono::milliseconds kForStatusFiles{1000};
/// dnsmasq's own lease file is taken over once. If that is given up, clients lose their leases, so a machine
/// that is busy, as at a boot, has time for it.
constexpr std::chrono::milliseconds kTakeOverPatience{30'000};

/// One dnsmasq may serve several networks. But if each network has its own dnsmasq, each now takes all leases
/// for its own, and ends or renames those of the others.
void warn_of_shared_leases(const InitRequest& request, const std::vector<Lease>& leases,
                           DeferredLog& complaints) {
  const auto is_elsewhere = [&](const Lease& lease) { return lease.network != leases.front().network; };
  if (!request.network.empty() || std::ranges::none_of(leases, is_elsewhere)) return;
  complaints.add(
      "init: gives dnsmasq the leases of several networks; if each has its own dnsmasq, set "
      "NSS_LEASES_NETWORK in the environment of each");
}

}  // namespace

InitHook::InitHook(HookContext context, const InitRequest& request)
    : context_(std::move(context)),
      request_(request),
      deadline_(kInitPatience),
      for_others_(deadline_.sooner(kForStatusFiles)) {
  require_directories(context_.settings);
  context_.caller = starting_server(request);
}

bool InitHook::run() {
  take_over_lease_file();
  constexpr std::array kAttempts{&InitHook::from_current_index, &InitHook::from_whole_files,
                                 &InitHook::from_any_index, &InitHook::from_readable_files};
  return std::ranges::any_of(kAttempts, [this](const auto attempt) {
    const Stream stream = (this->*attempt)();
    if (stream) print_for_dnsmasq(*stream);
    return stream.has_value();
  });
}

/// A server that has kept its leases in its own file until now may not have reported all renewals. This is
/// also done for a person who runs `init` to see what dnsmasq would be given.
void InitHook::take_over_lease_file() try {
  const auto directory = Directory::open_existing(context_.settings.state_directory);
  if (!directory) return;
  const ServerRegistry registry = ServerRegistry::read(*directory);
  const auto has_file = [](const KnownServer& known) {
    return known.server.leases.kind == LeaseDatabase::Kind::file;
  };
  if (!context_.caller) {
    if (std::ranges::any_of(registry.servers(), has_file)) run_importer(context_.settings_path, for_others_);
    return;
  }
  const KnownServer* known = registry.find(*context_.caller);
  if (known == nullptr || !has_file(*known)) return;
  run_importer_of_lease_file(context_.settings_path, known->server.leases.file, Deadline(kTakeOverPatience));
  deadline_ = Deadline(kInitPatience);
  for_others_ = deadline_.sooner(kForStatusFiles);
} catch (const Error& error) {
  log_line(error.what());
}

InitHook::Stream InitHook::from_current_index() try {
  DeferredLog complaints;
  const StoreMode mode = mode_for(request_.for_libvirt);
  const LockWait wait{for_others_};
  if (needs_import(StoreTransaction(context_.settings, mode, wait)))
    run_importer(context_.settings_path, for_others_);
  StoreTransaction store(context_.settings, mode, wait);
  // If status files are missing, the index has more leases than the files that are left.
  if (!is_current(store) && !(store.has_index() && store.lacks_file(request_.network))) return {};
  if (!request_.network.empty()) store.start_libvirt_network(request_.network);
  ServerRegistry registry = ServerRegistry::read(store.state_directory());
  const EpochSeconds present = now();
  std::string stream = stream_of(store, registry, present, complaints);
  remove_what_is_not_given(store, registry, present, complaints);
  if (!store.index_problem().empty()) complaints.add(store.index_problem());
  return stream;
} catch (const std::exception& error) {
  log_line(error.what());
  return {};
}

InitHook::Stream InitHook::from_whole_files() {
  return init_stream_of_files(context_.settings_path, request_, ReadPolicy::strict, deadline_);
}

InitHook::Stream InitHook::from_any_index() try {
  DeferredLog complaints;
  const StoreTransaction store(context_.settings, mode_for(request_.for_libvirt), LockWait{for_others_});
  if (!store.has_index()) return {};
  return stream_of(store, ServerRegistry::read(store.state_directory()), now(), complaints);
} catch (const std::exception& error) {
  log_line(error.what());
  return {};
}

InitHook::Stream InitHook::from_readable_files() {
  // The last resort has no deadline: reading a large status file can take longer than the time that is left.
  return init_stream_of_files(context_.settings_path, request_, ReadPolicy::best_effort);
}

bool InitHook::is_current(const StoreTransaction& store) const {
  const std::string& network = request_.network;
  return store.is_current() &&
         (network.empty() || (store.is_current(network) && store.is_current_for_libvirt(network)));
}

bool InitHook::needs_import(const StoreTransaction& store) const {
  // Every start goes through all networks; the import removes those that have gone.
  constexpr std::size_t kManyNetworks = 64;
  return !is_current(store) || store.left_over_networks().size() >= kManyNetworks;
}

bool InitHook::is_given(const ServerRegistry& registry, std::string_view network) const {
  return registry.gives(context_.caller, request_.network, network);
}

std::string InitHook::stream_of(const StoreTransaction& store, const ServerRegistry& registry,
                                EpochSeconds present, DeferredLog& complaints) const {
  std::vector<Lease> leases;
  std::map<std::string, bool, std::less<>> given;  // Of each network: to find out takes some system calls.
  store.view().for_each_lease([&](const Lease& lease) {
    auto network = given.find(lease.network);
    if (network == given.end())
      network = given.emplace(lease.network, is_given(registry, lease.network)).first;
    if (network->second && store.owns(lease)) leases.push_back(lease);
  });
  std::ranges::sort(leases, changed_before);
  if (!context_.caller || registry.find(*context_.caller) == nullptr)
    warn_of_shared_leases(request_, leases, complaints);
  std::vector<std::uint8_t> server_duid;
  for (const std::string& network : store.networks()) {
    if (server_duid.empty() && is_given(registry, network))
      server_duid = read_server_duid(store.state_directory(), network);
  }
  return init_stream(leases, present, server_duid);
}

/// dnsmasq is not given expired leases, so it never reports their end.
void InitHook::remove_what_is_not_given(StoreTransaction& store, ServerRegistry& registry,
                                        EpochSeconds present, DeferredLog& complaints) const try {
  store.remove_expired([&](std::string_view network) { return is_given(registry, network); }, present);
  if (context_.caller && registry.note(*context_.caller))
    context_.note_server(registry, store, false, complaints);
} catch (const Error& error) {
  complaints.add(error.what());
}

}  // namespace leases
