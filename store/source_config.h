#pragma once

#include <string>
#include <variant>

#include "common/source_kind.h"

namespace leases {

/// A directory in which libvirt has a file of each kind with a `libvirt_suffix` for each network.
struct LibvirtDirectory {
  friend constexpr bool operator==(const LibvirtDirectory&, const LibvirtDirectory&) = default;
};

/// Other programs' files, as the configuration names them.
struct SourceConfig {
  using Kind = std::variant<LibvirtDirectory, SourceKind>;
  static constexpr Kind kLibvirt{LibvirtDirectory{}};

  Kind kind = kLibvirt;  ///< of the files that the path leads to
  std::string path;      ///< absolute, or a pattern of glob(7): neither braces nor `~`; with_single_slashes()
  std::string network;   ///< empty: from the file's path
  std::string domain{};  ///< that leases have to which the files give none; or empty
  std::string host{};    ///< for SourceKind::shared_status; empty: the directory that the file is in
};

}  // namespace leases
