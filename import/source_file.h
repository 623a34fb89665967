#pragma once

#include <cstddef>
#include <string>

#include "util/regular_file.h"

namespace leases {

/// A million leases. A larger file is not a lease file, and must not take all memory.
inline constexpr std::size_t kMaxSourceSize = std::size_t{1} << 28;

/// A file of a source, which may be reached through links that root alone can change.
struct FoundFile {
  RegularFile file;
  std::string refused_link;  ///< a link that is not followed; then the file is absent

  /// Whether there is something, which this process may not be able to read.
  [[nodiscard]] bool is_there() const {
    return file.state != RegularFile::State::absent || !refused_link.empty();
  }
  [[nodiscard]] bool is_too_large() const;
};

/// Reads a file, as SourcePlace says. What is wrong with the file or the way to it makes it unusable. Throws
/// Error if the system fails.
FoundFile find_file(const std::string& path);

}  // namespace leases
