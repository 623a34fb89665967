#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "helper/importer.h"
#include "helper/lease_store.h"
#include "helper/settings.h"

/// leases-import: brings the index up to date with the status files. leaseshelper runs it; people use
/// `leasectl`.
int main(int argc, char** argv) {
  constexpr std::string_view kConfigOption = "--config=";
  ::umask(022);
  try {
    std::string config;
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      if (argument.starts_with(kConfigOption)) config = argument.substr(kConfigOption.size());
    }
    const leases::Settings settings = leases::read_settings(leases::settings_path(config));
    leases::LeaseStore store(settings);
    leases::import_status_files(
        store, settings.names, leases::ImportScope::changed,
        [](const std::string& line) { std::fprintf(stderr, "leaseshelper: %s\n", line.c_str()); });
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "leaseshelper: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
