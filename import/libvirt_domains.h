#pragma once

#include <map>
#include <optional>
#include <string>

namespace leases {

/// The domains that libvirt gave the dnsmasqs of the networks in its directory: neither its leases nor those
/// files that all may read have them. Only root may read the ones that do (libvirt_network()).
class LibvirtDomains {
 public:
  explicit LibvirtDomains(const std::string& directory);

  /// Of the network of a bridge; empty if it has none. Nothing if that cannot be told now.
  [[nodiscard]] std::optional<std::string> of(const std::string& bridge) const;

 private:
  std::map<std::string, std::string> domains_;  ///< by bridge
};

}  // namespace leases
