#pragma once

#include <optional>
#include <string>

namespace leases::cli {

/// The mount in which a file is (proc(5), /proc/PID/mountinfo).
struct Mount {
  std::string point;
  bool is_read_only = false;  ///< this mount was made so; an option of mount(8) undoes it
  bool is_file_system_read_only =
      false;  ///< in every mount: by its kind, its device, an option, or after an error
};

/// Nothing if nothing is there, or the mounts cannot be read. `proc` is where /proc is.
std::optional<Mount> mount_of(const std::string& path, const std::string& proc);

}  // namespace leases::cli
