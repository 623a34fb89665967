#pragma once

#include <algorithm>
#include <array>
#include <cerrno>

namespace leases {

/// Whether an error of looking at a path says something about what stands there or on the way: nothing, a
/// link, a device, what is closed to this process.
inline bool is_path_error(int error) {
  constexpr std::array kErrors{ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, ENXIO, ENODEV, EISDIR};
  return std::ranges::find(kErrors, error) != kErrors.end();
}

/// Whether it says something about the place on the disk.
inline bool is_disk_error(int error) {
  return error == EIO || error == EBADMSG || error == EUCLEAN;
}

/// Whether it lasts until somebody changes something there. All else is a failure of the system (no memory,
/// no descriptor left), and the next look may succeed.
inline bool is_permanent(int error) {
  return is_path_error(error) || is_disk_error(error);
}

}  // namespace leases
