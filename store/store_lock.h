#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "util/deadline.h"
#include "util/directory.h"
#include "util/file.h"
#include "util/log.h"

namespace leases {

/// How to wait for a lock that another process holds.
struct LockWait {
  std::optional<Deadline> until{};  ///< nothing: for as long as it takes
  /// Called once, after a second, with a line that says which process that is.
  std::function<void(std::string_view line)> tell = log_line;
};

/// The lock of a lease store, held by one process at a time, for the lifetime of the object. The system
/// releases it if the process dies. It is in the state directory, where only writers can open it: a process
/// that can read a file can lock it for reading, and keep every writer out. So it cannot be in the runtime
/// directory, which everybody reads.
///
/// A process that holds it may wait only for the disk, not for a reader of its output or for another process.
class StoreLock {
 public:
  /// If somebody replaced the directory in the meantime, it is opened again, or made. Throws Error if the
  /// lock file cannot be used, or if another process holds the lock for too long; if no time is left, tries
  /// once.
  explicit StoreLock(Directory& state_directory, const LockWait& wait = {});
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

 private:
  FileDescriptor file_;
};

}  // namespace leases
