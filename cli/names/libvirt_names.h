#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leases::cli {

/// libvirt's names of its networks, which are not those of their bridges: "default" is virbr0.
class LibvirtNames {
 public:
  /// `directory`: that of libvirt's dnsmasq; empty: there are no networks of libvirt's.
  explicit LibvirtNames(std::string directory) : directory_(std::move(directory)) {}

  /// The bridge of the network of this name, by which its leases are kept; nothing if libvirt has none, or
  /// does not tell this user. Only root may read libvirt's files, so for others virsh(1) asks libvirt, which
  /// takes some milliseconds, and two seconds at most.
  const std::optional<std::string>& bridge_of(const std::string& network);
  /// The names of all networks, as far as this user may list them.
  [[nodiscard]] std::vector<std::string> all() const;

 private:
  std::string directory_;
  std::map<std::string, std::optional<std::string>> bridges_;
};

}  // namespace leases::cli
