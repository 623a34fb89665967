#pragma once

#include <algorithm>
#include <array>
#include <cerrno>

namespace leases {

/// Whether an error of looking at a path says something about that path: it leads nowhere, is closed to this
/// process, or is where the disk cannot be read. That lasts until somebody changes it. All else is a failure
/// of the system (no memory, no descriptor left), and the next look may succeed.
inline bool is_fault_of_path(int error) {
  constexpr std::array kErrors{ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EIO, EBADMSG, EUCLEAN};
  return std::ranges::find(kErrors, error) != kErrors.end();
}

}  // namespace leases
