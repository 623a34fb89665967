#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnsmasq/calling_server.h"
#include "dnsmasq/server_registry.h"
#include "import/importer.h"
#include "import/server_lease_files.h"
#include "import/status_import.h"
#include "store/importer_call.h"
#include "store/init_stream.h"
#include "store/server_duid.h"
#include "store/settings.h"
#include "store/transaction.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/log.h"
#include "util/privileges.h"
#include "util/run_main.h"

/// leases-import: what leaseshelper runs when it needs the JSON of the status files; people use `leasectl`.
/// Brings the index up to date with the files; with --init=[NETWORK] it prints for dnsmasq what it can read
/// in them (with --libvirt, in libvirt's, too), and writes nothing; with --best-effort also if one of the
/// directories cannot be opened.

namespace leases {

namespace {

/// An event waits for this import, and dnsmasq's next events wait for that event. It is enough for libvirt's
/// files, which the event needs; dnsmasq's can wait for the next import.
constexpr std::chrono::milliseconds kPatience{200};

void import(const Settings& settings) {
  import_files(settings, ImportScope::changed, log_line, kPatience);
  follow_server_lease_files(settings, log_line, kPatience);
}

/// Takes over leases from the server's own lease file that the helper has had no event for, before dnsmasq
/// stops reading it.
void take_over(const Settings& settings, const std::string& file) {
  const TakenLeases taken = take_over_lease_file(settings, {file, {}, false}, log_line);
  if (taken.taken + taken.renewed == 0) return;
  log_line(file + ": " + std::to_string(taken.taken + taken.renewed) + " of its " +
           std::to_string(taken.rows) + " leases were taken over from it");
}

/// The status files that dnsmasq's leases are in, as far as they can be read.
class ReadableLeases {
 public:
  void add(const Directory& directory, std::string name) {
    const std::string& network = networks_.emplace_back(std::move(name));
    const ParsedFile& file = files_.emplace_back(read_status_file(directory, network));
    if (!file.damage.empty())
      log_line(directory.path_of(status_name(network)) + ' ' + file.damage +
               "; what can be read of it is used");
    if (!file.problems.empty())
      log_line(directory.path_of(status_name(network)) + ": " + text_of(file.problems));
    leases_.insert(leases_.end(), file.leases.begin(), file.leases.end());
  }
  [[nodiscard]] std::vector<Lease> in_order() const {
    std::vector<Lease> leases = leases_;
    std::sort(leases.begin(), leases.end(), changed_before);
    return leases;
  }

 private:
  std::deque<std::string> networks_;  ///< with the files, own the texts in leases
  std::deque<ParsedFile> files_;
  std::vector<Lease> leases_;
};

/// Logs why a directory cannot be opened; then it counts as absent.
std::optional<Directory> directory_if_usable(const std::string& path) try {
  return Directory::open_existing(path);
} catch (const Error& error) {
  log_line(error.what());
  return {};
}

void print_init_stream(const Settings& settings, const InitRequest& request, ReadPolicy policy) {
  require_directories(settings);
  const auto open = [policy](const std::string& path) {
    return policy == ReadPolicy::strict ? Directory::open_existing(path) : directory_if_usable(path);
  };
  const auto libvirt = request.for_libvirt && !settings.libvirt_directory.empty()
                           ? open(settings.libvirt_directory)
                           : std::nullopt;
  const pid_t helper = ::getppid();
  const auto caller = starting_server(request, parent_of(helper));
  // With libvirt's directory, the network can go on with what that has.
  const auto directory =
      libvirt ? open(settings.state_directory) : Directory::open_existing(settings.state_directory);
  if (!directory && !libvirt)
    throw Error(settings.state_directory + ": does not exist; dnsmasq's leases should be there");
  drop_privileges(directory ? *directory : *libvirt);
  ReadableLeases leases;
  std::vector<std::uint8_t> server_duid;
  const ServerRegistry registry = directory ? ServerRegistry::read(*directory) : ServerRegistry();
  for (const auto* place : {&directory, &libvirt}) {
    if (!*place) continue;
    for (const std::string& network : networks_in(**place)) {
      if (!registry.gives(caller, request.network, network)) continue;
      leases.add(**place, network);
      if (server_duid.empty() && directory) server_duid = read_server_duid(*directory, network);
    }
  }
  print_for_dnsmasq(init_stream(leases.in_order(), now(), server_duid));
}

void run(const std::vector<std::string_view>& arguments) {
  std::string taken;
  std::string config;
  bool prints = false;
  ReadPolicy policy = ReadPolicy::strict;
  InitRequest request;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(kConfigOption)) config = argument.substr(kConfigOption.size());
    if (argument.starts_with(kTakeOption)) taken = argument.substr(kTakeOption.size());
    if (argument == kLibvirtOption) request.for_libvirt = true;
    if (argument == kBestEffortOption) policy = ReadPolicy::best_effort;
    if (argument.starts_with(kInitOption)) {
      prints = true;
      request.network = argument.substr(kInitOption.size());
    }
  }
  const Settings settings = read_settings(settings_path(config));
  if (!taken.empty()) {
    take_over(settings, taken);
  } else if (prints) {
    print_init_stream(settings, request, policy);
  } else {
    import(settings);
  }
}

}  // namespace

}  // namespace leases

int main(int argc, char** argv) {
  // dnsmasq's log shows these lines among the helper's.
  return leases::run_main("leaseshelper", EXIT_FAILURE, [&](mode_t) {
    try {
      leases::run({argv + 1, argv + argc});
      return EXIT_SUCCESS;
    } catch (const leases::IndexError& error) {
      leases::log_line(error.what());
      return leases::kIndexFailed;
    }
  });
}
