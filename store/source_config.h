#pragma once

#include <optional>
#include <string>

#include "common/source_kind.h"

namespace leases {

/// Other programs' files, as the configuration names them.
struct SourceConfig {
  /// A directory in which libvirt has a file of each kind with a `libvirt_suffix` for each network.
  static constexpr std::optional<SourceKind> kLibvirt{};

  std::optional<SourceKind> kind = kLibvirt;  ///< of the files that the path leads to, or kLibvirt
  std::string path;                           ///< absolute, or a pattern of glob(7): neither braces nor `~`
  std::string network;                        ///< empty: from the file's path; has no meaning for kLibvirt
};

}  // namespace leases
