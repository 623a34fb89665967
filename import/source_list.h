#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/source_kind.h"
#include "store/source_config.h"

namespace leases {

/// A file of another program's that leases, or the names of guests, are read from.
struct SourceFile {
  SourceKind kind = SourceKind::libvirt_status;
  std::string network;  ///< whose leases it tells; empty (mac_map only): guests of all networks
  std::string path;

  friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

struct SourceListing {
  std::vector<SourceFile> files;  ///< sorted by path, each path once: the first source that names it counts
  /// Why there may be more than these: a line each, with the path and what to do.
  std::vector<std::string> problems;
  /// Directories that cannot be listed at this moment: what was found in them before may be there still.
  std::vector<std::string> unlisted;
  /// How many of those the system failed to list, so that another look may succeed.
  std::size_t failed = 0;
};

/// The files of one kind that a source stands for.
struct SourcePattern {
  SourceKind kind;
  std::string path;  ///< a pattern of glob(7), or a plain path
};

std::vector<SourcePattern> patterns_of(const SourceConfig& source);

/// The files that sources stand for at this moment. A path without a pattern stands for that file, there or
/// not yet; a pattern and libvirt's directory for what is there, which may be nothing.
///
/// Without `network`, a file's network is what the first `*` of the path stands for, as little as it can;
/// without a `*`, the file's name less its ending, but for a MAC map all networks. In libvirt's directory
/// it is the file's name. A file for which that is no network's name is left out.
SourceListing list_sources(const std::vector<SourceConfig>& sources);

}  // namespace leases
