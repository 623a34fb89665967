#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "util/directory.h"
#include "util/file.h"

namespace leases {

/// The name of the index in the runtime directory.
inline constexpr const char* kIndexName = "hosts.idx";

/// The index of a runtime directory, opened with O_RDWR or O_RDONLY. Nothing if there is no index, or none
/// that readers would trust; `problem` then says what is wrong. Throws Error if the file cannot be opened.
struct IndexFile {
  FileDescriptor descriptor;
  std::size_t size;  ///< in bytes, at least a header

  static std::optional<IndexFile> open(const Directory& directory, int flags, std::string& problem);
};

}  // namespace leases
