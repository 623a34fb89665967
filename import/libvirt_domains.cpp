#include "import/libvirt_domains.h"

#include <utility>

#include "store/libvirt_network.h"
#include "util/directory.h"
#include "util/error.h"

namespace leases {

LibvirtDomains::LibvirtDomains(const std::string& directory) {
  try {
    const auto place = Directory::open_existing(directory);
    if (!place) return;
    for (const std::string& name : place->names()) {
      if (!name.ends_with(kLibvirtConfiguration)) continue;
      auto network = libvirt_network(*place, name.substr(0, name.size() - kLibvirtConfiguration.size()));
      if (network) domains_.try_emplace(std::move(network->bridge), std::move(network->domain));
    }
  } catch (const Error&) {
    // No reason to leave all sources unread.
  }
}

std::optional<std::string> LibvirtDomains::of(const std::string& bridge) const {
  const auto found = domains_.find(bridge);
  return found != domains_.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace leases
