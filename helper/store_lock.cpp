#include "helper/store_lock.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>

#include <boost/interprocess/sync/file_lock.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>

namespace leases {

namespace {

namespace ipc = boost::interprocess;

constexpr const char* kName = "lock";

/// Boost's lock opens its file by path and follows links; so the file is opened here, and handed over through
/// /proc. This descriptor is closed before anything is locked: closing any descriptor of a file ends its
/// POSIX locks.
///
/// Nobody else may open it: who can read a file can lock it for reading, and keep every writer out.
ipc::file_lock open_lock(const Directory& directory, struct stat& status) {
  constexpr mode_t kMode = 0600;
  const FileDescriptor file = directory.open(kName, O_RDWR | O_CREAT, kMode);
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    throw system_error(directory.path_of(kName), "cannot be opened", errno);
  }
  if (!S_ISREG(status.st_mode))
    throw StoreError(directory.path_of(kName) + ": is not a plain file; remove it");
  // Not that of a file which has another name elsewhere.
  const bool is_open_to_others = (status.st_mode & ~static_cast<mode_t>(S_IFMT)) != kMode;
  if (is_open_to_others && status.st_nlink == 1 && ::fchmod(file.number(), kMode) != 0)
    throw system_error(directory.path_of(kName), "cannot be closed to others", errno);
  return ipc::file_lock(("/proc/self/fd/" + std::to_string(file.number())).c_str());
}

}  // namespace

struct StoreLock::Held {
  explicit Held(ipc::file_lock file) : lock(std::move(file)), held(lock) {}

  ipc::file_lock lock;
  ipc::scoped_lock<ipc::file_lock> held;
};

StoreLock::~StoreLock() = default;

StoreLock::StoreLock(const Directory& directory) {
  try {
    for (;;) {
      struct stat opened {};
      auto held = std::make_unique<Held>(open_lock(directory, opened));
      // Somebody may have wiped the directory while we waited; then others hold the lock of another file.
      const auto present = directory.status_of(kName);
      if (present && present->st_ino == opened.st_ino && present->st_dev == opened.st_dev) {
        held_ = std::move(held);
        return;
      }
    }
  } catch (const ipc::interprocess_exception& error) {
    throw system_error(directory.path_of(kName), "cannot be locked", error.get_native_error());
  }
}

}  // namespace leases
