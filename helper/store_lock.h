#pragma once

#include <boost/interprocess/sync/file_lock.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>

#include "helper/file.h"

namespace leases {

/// The lock of a lease store, held by one process at a time, from here until the object ends. The system
/// takes it back from a process that dies. Who follows the index waits for this object's end, which closes
/// the lock's file for writing (schema/index-layout.md).
class StoreLock {
 public:
  /// Waits for as long as another process has it. Throws StoreError if the lock file cannot be used.
  explicit StoreLock(const Directory& directory);

 private:
  using Lock = boost::interprocess::file_lock;

  Lock lock_;
  boost::interprocess::scoped_lock<Lock> held_;
};

}  // namespace leases
