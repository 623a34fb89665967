#include "cli/rebuild.h"

#include <iostream>

#include "cli/exit_code.h"
#include "helper/importer.h"
#include "helper/lease_store.h"

namespace leases::cli {

int rebuild(const Settings& settings) {
  LeaseStore store(settings);
  const ImportResult result =
      import_status_files(store, settings.names, ImportScope::everything,
                          [](const std::string& line) { std::cerr << "leasectl: " << line << '\n'; });
  std::cout << result.leases << (result.leases == 1 ? " lease in " : " leases in ") << result.networks
            << (result.networks == 1 ? " network\n" : " networks\n");
  return kFound;
}

}  // namespace leases::cli
