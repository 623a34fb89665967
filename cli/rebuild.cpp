#include "cli/rebuild.h"

#include <iostream>

#include "cli/exit_code.h"
#include "helper/importer.h"
#include "helper/lease_store.h"

namespace leases::cli {

namespace {

int rebuild(const Settings& settings) {
  LeaseStore store(settings, StoreUse::import);
  const ImportResult result =
      import_files(store, settings, ImportScope::everything,
                   [](const std::string& line) { std::cerr << "leasectl: " << line << '\n'; });
  std::cout << result.leases << (result.leases == 1 ? " lease in " : " leases in ") << result.networks
            << (result.networks == 1 ? " network\n" : " networks\n");
  return kFound;
}

}  // namespace

Verb rebuild_verb(Command leasectl) {
  return {leasectl.add_command("rebuild", "Make the index anew from the status files (as root)"), rebuild};
}

}  // namespace leases::cli
