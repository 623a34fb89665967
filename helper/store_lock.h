#pragma once

#include <memory>

#include "helper/file.h"

namespace leases {

/// The lock of a lease store, held by one process at a time, from here until the object ends. The system
/// takes it back from a process that dies. Who follows the index waits for this object's end, which closes
/// the lock's file for writing (schema/index-layout.md).
class StoreLock {
 public:
  /// Waits for as long as another process has it. Throws StoreError if the lock file cannot be used.
  explicit StoreLock(const Directory& directory);
  ~StoreLock();

 private:
  /// Boost's lock, whose headers take longer to compile than all of ours.
  struct Held;

  std::unique_ptr<Held> held_;
};

}  // namespace leases
