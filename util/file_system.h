#pragma once

#include <cstdint>
#include <string>

namespace leases {

/// What this host can know of writers to a file system.
enum class FileSystemKind : std::uint8_t {
  local,    ///< all of them are processes of this kernel, and it tells of what they do there
  layered,  ///< the same, but they may write to a layer below, which is not told
  remote,   ///< writers may be anywhere, and times may be from another clock; also all that is not known here
};

/// The kind of the file system that a path leads to; remote if there is nothing.
FileSystemKind file_system_of(const std::string& path);

/// Whether others than root have no room left there, for so much as a block.
bool is_full(const std::string& path);

}  // namespace leases
