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
  std::optional<Deadline> until{};  ///< none: for as long as it takes
  /// Is told once, after a second, which process that is.
  std::function<void(std::string_view line)> tell = log_line;
};

/// The lock of a lease store, held by one process at a time, from here until the object ends. The system
/// takes it back from a process that dies. It stands beside the truth, in the state directory, where only
/// writers can open it: who can read a file can lock it for reading, and keep every writer out. The runtime
/// directory, which is published, is no place for it.
///
/// Whoever holds it waits for nothing but the disk: not for whoever reads its output, nor for another
/// process.
class StoreLock {
 public:
  /// If the directory is another one by the time that the lock is had, since somebody removed it meanwhile,
  /// it is opened, or made, anew. Throws Error if the lock file cannot be used, or another process holds
  /// it for longer than is to be waited; if no time is left, that is looked at once.
  explicit StoreLock(Directory& state_directory, const LockWait& wait = {});
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

 private:
  FileDescriptor file_;
};

}  // namespace leases
