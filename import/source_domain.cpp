#include "import/source_domain.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "import/incus_domain.h"
#include "store/libvirt_network.h"
#include "store/source_place.h"
#include "util/error.h"
#include "util/path.h"

namespace leases {

namespace {

/// A host has fewer networks. Whoever can write to a source's directory could otherwise have every import
/// read for ever.
constexpr std::size_t kMostConfigurations = 1024;

/// The bridge that a `<bridge>.status` of libvirt's is of.
std::string bridge_of(const std::string& status_file) {
  const std::string_view name = file_name(status_file);
  const std::string_view ending = properties_of(SourceKind::libvirt_status).libvirt_suffix;
  return std::string(name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name);
}

}  // namespace

LibvirtDomains::LibvirtDomains(const std::string& status_file) {
  try {
    const SourcePlace place = place_of(status_file);
    if (!place.directory) return;
    std::vector<std::string> names = place.directory->names();
    std::erase_if(names, [](const std::string& name) { return !name.ends_with(kLibvirtConfiguration); });
    names.resize(std::min(names.size(), kMostConfigurations));
    for (const std::string& name : names) {
      auto network =
          libvirt_network(*place.directory, name.substr(0, name.size() - kLibvirtConfiguration.size()));
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

std::optional<std::string> SourceDomains::of(SourceKind kind, const SourceConfig& source,
                                             const std::string& path) {
  if (!source.domain.empty()) return source.domain;
  if (kind == SourceKind::dnsmasq_leases) return incus_domain(path);
  if (kind != SourceKind::libvirt_status) return std::string();
  const std::string directory = path.substr(0, path.rfind('/'));
  return libvirt_.try_emplace(directory, path).first->second.of(bridge_of(path));
}

}  // namespace leases
