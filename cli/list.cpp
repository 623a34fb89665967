#include "cli/list.h"

#include <algorithm>
#include <iostream>

#include "cli/exit_code.h"
#include "cli/index_reader.h"

namespace leases::cli {

int list(const Settings& settings, const std::vector<std::string>& networks, Format format) {
  const IndexReader reader(settings);
  const auto known = reader.networks();
  for (const std::string& network : networks) {
    if (std::find(known.begin(), known.end(), network) != known.end()) continue;
    std::cerr << "leasectl: there is no network '" << network
              << (known.empty() ? "'; there are none yet" : "'; there are:");
    for (const std::string_view name : known) std::cerr << ' ' << name;
    std::cerr << '\n';
    return kNotFound;
  }
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    return !networks.empty() && std::find(networks.begin(), networks.end(), lease.network) == networks.end();
  });
  print_leases(std::cout, leases, format);
  return kFound;
}

}  // namespace leases::cli
