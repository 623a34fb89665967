#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/index_layout.h"
#include "util/file.h"

namespace leases {

/// What was in a file.
struct WholeFile {
  layout::FileStamp stamp{};
  std::optional<std::string> text;  ///< nothing: it is not a file that can be read
};

/// Reads a file of a directory, up to `max_size` bytes of it: what is larger counts as none that can be read,
/// as do links, devices and what this process may not read. Nothing if there is no such file. Throws
/// Error for what is this process's fault, or the system's, and not the file's.
std::optional<WholeFile> read_whole_file(const Directory& directory, const std::string& name,
                                         std::size_t max_size);

}  // namespace leases
