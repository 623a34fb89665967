#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>

#include "common/index_layout.h"
#include "util/directory.h"

namespace leases {

/// Where another program's file is, after all links.
struct SourcePlace {
  std::optional<Directory> directory;   ///< nothing: there is none
  std::string name;                     ///< of the file in it, which is not a link
  std::optional<struct stat> status{};  ///< of the file; nothing: there is none
  /// A link on the way that is not followed, because other users can change it; then there is no directory.
  std::string refused_link{};
};

/// Follows an absolute path as the system does, but only such links as root alone can change, or the user of
/// this process: the link, its directory and all directories above belong to one of the two and cannot be
/// written by others. Anybody else who can change a link could make this process read what only root may, and
/// reveal it. Throws Error if the system does not let it look.
SourcePlace place_of(const std::string& path);

/// Like place_of(), for many paths. Paths in the same directory should follow each other: then the way to it
/// is walked once. Make a new object when things may have changed.
class SourcePlaces {
 public:
  SourcePlaces();
  SourcePlaces(const SourcePlaces&) = delete;
  SourcePlaces& operator=(const SourcePlaces&) = delete;
  ~SourcePlaces();

  SourcePlace find(const std::string& path);

 private:
  struct Reached;

  std::unique_ptr<Reached> reached_;  ///< the directory of the path before
};

/// The stamp of the file at a path, with links followed the same way; nothing if it does not exist, all 0 if
/// this process may not look at it.
std::optional<layout::FileStamp> stamp_at(const std::string& path);
std::optional<layout::FileStamp> stamp_at(const std::string& path, SourcePlaces& places);

}  // namespace leases
