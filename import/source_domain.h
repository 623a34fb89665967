#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/index_layout.h"
#include "store/settings.h"

namespace leases {

/// The domain of each libvirt network, from its `<network>.conf`, which only root can read. libvirt's lease
/// files do not have it.
class LibvirtDomains {
 public:
  /// Those of the directory that has this status file.
  explicit LibvirtDomains(const std::string& status_file);

  /// Of the network of a bridge; empty if it has none. Nothing if that cannot be told now.
  [[nodiscard]] std::optional<std::string> of(const std::string& bridge) const;

 private:
  std::map<std::string, std::string> domains_;  ///< by bridge
};

/// The domain of leases whose source does not have it. Make a new object when things may have changed.
class SourceDomains {
 public:
  /// What the configuration says; else, for a network of libvirt's, Incus' or LXD's, what these gave its
  /// dnsmasq. Empty if there is none; nothing if that cannot be told now.
  std::optional<std::string> of(SourceKind kind, const SourceConfig& source, const std::string& path);

 private:
  std::map<std::string, LibvirtDomains> libvirt_;  ///< by directory
};

}  // namespace leases
