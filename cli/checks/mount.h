#pragma once

#include <optional>
#include <string>

namespace leases::cli {

/// The mount in which a file is (proc(5), /proc/PID/mountinfo).
struct Mount {
  std::string point;
  /// It was made read-only, and an option of mount(8) undoes that. Not so where the file system is read-only
  /// by its kind, its device, or after an error.
  bool can_be_made_writable = false;
};

/// Nothing if nothing is there, or the mounts cannot be read. `proc` and `sys` are where /proc and /sys are.
std::optional<Mount> mount_of(const std::string& path, const std::string& proc, const std::string& sys);

}  // namespace leases::cli
