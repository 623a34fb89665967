#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/source_kind.h"
#include "store/settings.h"
#include "store/source_config.h"

namespace leases {

/// A file of another program from which leases, or the names of guests, are read.
struct SourceFile {
  SourceKind kind = SourceKind::libvirt_status;
  std::string network;  ///< of its leases or guests; empty: guests of all networks
  std::string path;
  std::string domain{};  ///< of leases to which the file gives none; or empty
  /// The domain cannot be told now: the one that the index has for the file stays.
  bool keeps_domain = false;
  /// The file of a dnsmasq that runs the helper, which is no source: it may have any number of leases.
  bool is_servers = false;

  friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

struct SourceListing {
  std::vector<SourceFile> files;  ///< sorted by path, each path once: the first source that names it counts
  /// Why there may be more than these: a line each, with the path and what to do.
  std::vector<std::string> problems;
  /// Directories that cannot be listed now, and files whose network cannot be told: what was found there
  /// before may still be there.
  std::vector<std::string> unlisted;
  /// Files that were left out since others have the network that they are named after.
  std::vector<SourceFile> refused;
  /// How many of those the system failed to list, so that another look may succeed.
  std::size_t failed = 0;

  /// Whether a path may be one of these files, though it was not found: it is below a directory that cannot
  /// be listed.
  [[nodiscard]] bool may_hold(std::string_view path) const;
};

/// The files of one kind that a source stands for.
struct SourcePattern {
  SourceKind kind;
  std::string path;  ///< a pattern of glob(7), or a plain path
};

std::vector<SourcePattern> patterns_of(const SourceConfig& source);
/// The files beside those that a pattern stands for which say something about them: patterns, or plain paths.
std::vector<std::string> patterns_beside(const SourcePattern& pattern);

/// The files that sources stand for now. A path without a pattern stands for that file, whether it exists or
/// not; a pattern and libvirt's directory stand for the files that exist, if only as those beside them.
///
/// Without `domain`, the domain is that of SourceDomains. Without `network`, a file's network is the shortest
/// text that the first `*` of the path can stand for. Without a `*`, it is the file's name without its
/// ending, but a MAC map is for all networks. libvirt's `<network>.hostsfile` is for the bridge that
/// `<network>.conf` beside it names. In libvirt's directory it is the file's name. A file of another host has
/// the host's name for its directory, and the network's for its own. A file is left out if that cannot be a
/// network's name.
///
/// Whoever may write in a directory chooses what a `*` stands for. So a file whose network has its name from
/// there is left out, too, if another source has leases of that network: one that names it otherwise, or one
/// that comes earlier; or if it is among `own`, the networks of the state directory.
SourceListing list_sources(const std::vector<SourceConfig>& sources,
                           const std::vector<std::string>& own = {});
/// The same for the sources and the state directory of these settings.
SourceListing configured_sources(const Settings& settings);

}  // namespace leases
