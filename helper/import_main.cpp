#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "helper/complaint.h"
#include "helper/importer.h"
#include "helper/init_stream.h"
#include "helper/lease_store.h"
#include "helper/privileges.h"
#include "helper/server_duid.h"
#include "helper/settings.h"

/// leases-import: what leaseshelper runs when it needs the JSON of the status files; people use `leasectl`.
/// Brings the index up to date with the files; with --init=[NETWORK] it prints for dnsmasq what it can read
/// in them, and writes nothing.

namespace leases {

namespace {

void import(const Settings& settings) {
  LeaseStore store(settings);
  if (store.is_current()) return;  // somebody else has just done it
  import_status_files(store, settings.names, ImportScope::changed, complain);
}

void print_init_stream(const Settings& settings, std::string_view wanted) {
  const auto directory = Directory::open_existing(settings.state_directory);
  if (!directory)
    throw StoreError(settings.state_directory + ": does not exist; dnsmasq's leases should be there");
  drop_privileges(*directory);
  std::vector<ParsedStatus> files;
  std::vector<Lease> leases;
  std::vector<std::uint8_t> server_duid;
  for (const std::string& network : networks_in(*directory)) {
    if (!wanted.empty() && network != wanted) continue;
    const ParsedStatus& file = files.emplace_back(read_status_file(*directory, network));
    if (!file.damage.empty())
      complain(directory->path_of(status_name(network)) + ' ' + file.damage +
               "; what can be read of it is used");
    leases.insert(leases.end(), file.leases.begin(), file.leases.end());
    if (server_duid.empty()) server_duid = read_server_duid(*directory, network);
  }
  std::sort(leases.begin(), leases.end(), changed_before);
  print_for_dnsmasq(init_stream(leases, now(), server_duid));
}

void run(const std::vector<std::string_view>& arguments) {
  constexpr std::string_view kConfigOption = "--config=";
  constexpr std::string_view kInitOption = "--init=";
  std::string config;
  std::optional<std::string_view> init;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(kConfigOption)) config = argument.substr(kConfigOption.size());
    if (argument.starts_with(kInitOption)) init = argument.substr(kInitOption.size());
  }
  const Settings settings = read_settings(settings_path(config));
  if (init) {
    print_init_stream(settings, *init);
  } else {
    import(settings);
  }
}

}  // namespace

}  // namespace leases

int main(int argc, char** argv) {
  ::umask(022);
  // A limit on the size of files (RLIMIT_FSIZE) is an error like a full disk.
  ::signal(SIGXFSZ, SIG_IGN);
  try {
    leases::run({argv + 1, argv + argc});
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    leases::complain(error.what());
    return EXIT_FAILURE;
  }
}
