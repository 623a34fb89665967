#pragma once

#include <cstdint>
#include <string>

namespace leases {

/// How much this host can know of writers to a file system.
enum class FileSystemKind : std::uint8_t {
  local,    ///< all are processes of this kernel, which reports what they do there
  layered,  ///< the same, but writes to a layer below are not reported
  remote,   ///< writers may be anywhere, with another clock; also all kinds that are not known here
};

/// The kind of the file system that a path leads to; remote if nothing is there.
FileSystemKind file_system_of(const std::string& path);

/// Whether it is full for users other than root.
bool is_full(const std::string& path);

}  // namespace leases
