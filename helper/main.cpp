#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "helper/importer_process.h"
#include "helper/init_stream.h"
#include "helper/interfaces.h"
#include "helper/lease_event.h"
#include "helper/lease_store.h"
#include "helper/network_name.h"
#include "helper/settings.h"
#include "paths.h"

namespace leases {

namespace {

constexpr int kFailed = 1;
constexpr int kBadCall = 2;

constexpr const char* kUsage =
    "leaseshelper keeps the names of dnsmasq's DHCP leases. dnsmasq runs it; in dnsmasq.conf:\n"
    "\n"
    "    dhcp-script=/usr/libexec/nss-leases/leaseshelper\n"
    "\n"
    "usage: leaseshelper add|old|del MAC|DUID ADDRESS [HOSTNAME]   with dnsmasq's environment\n"
    "       leaseshelper init        print the leases (for leasefile-ro)\n"
    "       leaseshelper --help | --version\n"
    "\n"
    "Other actions are ignored. NSS_LEASES_NETWORK names the network, if not the interface should;\n"
    "NSS_LEASES_CONFIG is another configuration file. See leaseshelper(8) and, to look at leases, "
    "leasectl(1).\n";

void complain(std::string_view line) {
  std::fprintf(stderr, "leaseshelper: %.*s\n", static_cast<int>(line.size()), line.data());
}

/// What a terminal or a log can show: bytes that are not printable ASCII become question marks.
std::string printable(std::string_view text) {
  std::string shown(text);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

std::optional<std::string_view> from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return {};
  return value;
}

class Hook {
 public:
  explicit Hook(std::string settings_path)
      : settings_path_(std::move(settings_path)), settings_(read_settings(settings_path_)) {
    for (const std::string& problem : settings_.problems) complain(problem);
    if (const auto name = from_environment("NSS_LEASES_NETWORK"); name && !is_network_name(*name)) {
      complain("NSS_LEASES_NETWORK: '" + printable(*name) +
               "' cannot be the name of a network; the interface is used instead");
    }
  }

  int run(const LeaseEvent& event) {
    // The importer needs the lock, so somebody else may get in between: then it has to be looked at again.
    for (int attempt = 0; attempt < 3; ++attempt) {
      {
        LeaseStore store(settings_);
        const std::string network = network_of(event, store);
        if (store.is_current(network) && store.is_current(kUnknownNetwork)) {
          record(event, network, store);
          return EXIT_SUCCESS;
        }
      }
      if (!run_importer(settings_path_)) return kFailed;
    }
    complain(settings_.state_directory +
             ": somebody else keeps changing the status files; let only leaseshelper write");
    return kFailed;
  }

  /// Whatever is wrong, dnsmasq gets the leases that are known: it does not start if this fails, and if it
  /// started with fewer, it would give addresses away that are in use.
  int run(const InitRequest& request) {
    if (print_leases(request)) return EXIT_SUCCESS;
    return print_init_stream_of_files(settings_path_, request.network) ? EXIT_SUCCESS : kFailed;
  }

 private:
  /// False, with nothing printed, if there is no index that knows all status files as they are.
  bool print_leases(const InitRequest& request) try {
    if (!LeaseStore(settings_).is_current()) run_importer(settings_path_);
    LeaseStore store(settings_);
    if (!store.is_current()) return false;
    std::vector<Lease> leases;
    store.view().for_each_lease([&](const Lease& lease) {
      if (request.network.empty() || lease.network == request.network) leases.push_back(lease);
    });
    std::sort(leases.begin(), leases.end(),
              [](const Lease& a, const Lease& b) { return a.changed < b.changed; });
    warn_of_shared_leases(request, leases);
    const std::string stream = init_stream(leases, now());
    std::fwrite(stream.data(), 1, stream.size(), stdout);
    if (std::fflush(stdout) != 0) complain("standard output: cannot be written; dnsmasq has to read it");
    remove_expired(request.network, store);
    return true;
  } catch (const StoreError& error) {
    complain(error.what());
    return false;
  }

  /// One dnsmasq may serve several networks. But if there is one for each, each now takes all leases for its
  /// own, and ends or renames those of the others.
  static void warn_of_shared_leases(const InitRequest& request, const std::vector<Lease>& leases) {
    const auto of_other_network = [&](const Lease& lease) { return lease.network != leases.front().network; };
    if (!request.network.empty() || std::none_of(leases.begin(), leases.end(), of_other_network)) return;
    complain(
        "init: gives dnsmasq the leases of several networks; if each has its own dnsmasq, set "
        "NSS_LEASES_NETWORK in "
        "the environment of each");
  }

  /// dnsmasq was not told of these leases, so it will never say that they have ended.
  static void remove_expired(const std::string& network, LeaseStore& store) {
    try {
      store.remove_expired(network, now());
    } catch (const StoreError& error) {
      complain(error.what());
    }
  }

  static std::string network_of(const LeaseEvent& event, const LeaseStore& store) {
    if (!event.network.empty()) return event.network;
    const IndexView::Records records = store.view().find(event.address);
    if (records.range.count > 0) {
      return std::string(records.table->lease(records.table->record(records.range.first)).network);
    }
    const std::string interface = LocalSubnets().interface_of(event.address);
    return is_network_name(interface) ? interface : std::string(kUnknownNetwork);
  }

  void record(const LeaseEvent& event, const std::string& network, LeaseStore& store) const {
    if (network != kUnknownNetwork) store.remove(kUnknownNetwork, event.address);
    if (event.kind == LeaseEvent::Kind::ended) {
      store.remove(network, event.address);
      return;
    }
    Lease lease = event.lease(network);
    lease.name_refused = !lease.hostname.empty() && settings_.names.refusal(lease.hostname).has_value();
    // dnsmasq forgets an IPv6 client's MAC when it restarts; it is still the same client's.
    const auto before = store.find(network, event.address);
    if (before && !lease.hardware && lease.iaid == before->iaid &&
        std::ranges::equal(lease.client_id, before->client_id)) {
      lease.hardware = before->hardware;
    }
    store.put(lease);
  }

  std::string settings_path_;
  Settings settings_;
};

int run(const std::vector<std::string_view>& arguments) {
  if (!arguments.empty() && arguments[0] == "--version")
    return std::printf("leaseshelper %s\n", paths::kVersion) < 0;
  if (!arguments.empty() && arguments[0] == "--help") return std::fputs(kUsage, stdout) < 0;
  if (arguments.empty()) {
    std::fputs(kUsage, stderr);
    return kBadCall;
  }
  const HookCall call = parse_hook_call(arguments, from_environment, now());
  if (const auto* bad = std::get_if<BadCall>(&call)) {
    complain(bad->problem + "; see leaseshelper --help");
    return kBadCall;
  }
  if (std::holds_alternative<IgnoredAction>(call)) return EXIT_SUCCESS;
  Hook hook(settings_path(""));
  if (const auto* event = std::get_if<LeaseEvent>(&call)) return hook.run(*event);
  return hook.run(std::get<InitRequest>(call));
}

}  // namespace

}  // namespace leases

int main(int argc, char** argv) {
  ::umask(022);
  try {
    return leases::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    leases::complain(error.what());
    return leases::kFailed;
  }
}
