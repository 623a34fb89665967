#include "store/libvirt_network.h"

#include <utility>

#include "common/host_name.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

namespace {

/// One of a hundred lines is long.
constexpr std::size_t kLargestConfiguration = std::size_t{1} << 20U;

}  // namespace

std::optional<LibvirtNetwork> libvirt_network(const Directory& directory, const std::string& network) {
  constexpr std::string_view kBridge = "interface=";
  constexpr std::string_view kDomain = "domain=";
  const RegularFile file =
      read_regular_file(directory, network + std::string(kLibvirtConfiguration), kLargestConfiguration);
  LibvirtNetwork found;
  for (const std::string_view line : lines_of(file.text)) {
    if (line.starts_with(kBridge) && found.bridge.empty()) found.bridge = line.substr(kBridge.size());
    if (!line.starts_with(kDomain)) continue;
    // One with a range of addresses is for those alone. Of the others the last counts.
    const std::string_view domain = line.substr(kDomain.size());
    if (is_domain_name(domain) && !is_localhost_domain(domain)) found.domain = domain;
  }
  return found.bridge.empty() ? std::nullopt : std::optional(std::move(found));
}

std::optional<std::string> bridge_of_libvirt_network(const Directory& directory, const std::string& network) {
  auto found = libvirt_network(directory, network);
  return found ? std::optional(std::move(found->bridge)) : std::nullopt;
}

}  // namespace leases
