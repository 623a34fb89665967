#include "cli/checks/store_directory.h"

#include "dnsmasq/server_registry.h"
#include "paths.h"
#include "store/status_file.h"
#include "util/directory.h"
#include "util/error.h"

namespace leases::cli {

bool has_status_files(const std::string& path) try {
  const auto directory = Directory::open_existing(path);
  return directory && !networks_in(*directory).empty();
} catch (const Error&) {
  return false;
}

bool was_never_store(const std::string& path) try {
  const auto directory = Directory::open_existing(path);
  // The lock is no sign of a lease: an import makes it, too, and with a misspelt name it did.
  return !directory ||
         (networks_in(*directory).empty() && ServerRegistry::read(*directory).servers().empty());
} catch (const Error&) {
  return false;
}

void require_store(const Settings& settings) {
  const std::string& path = settings.state_directory;
  const std::string standard = paths::kStateDirectory;
  if (settings.path != paths::kConfig || path == standard || !was_never_store(path) ||
      !has_status_files(standard))
    return;
  throw Error(path + ": there was never a lease in it, and there are status files in " + standard +
              "; correct state-directory in " + settings.path + ", or stop dnsmasq and move " + standard +
              " there as a whole");
}

}  // namespace leases::cli
