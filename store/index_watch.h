#pragma once

#include <cstdint>
#include <string>

#include "common/time.h"
#include "util/directory_watches.h"
#include "util/file.h"

namespace leases {

/// Reports when the index of a runtime directory may have changed, or when a lease in it has expired. It
/// needs only the right to read the directory, which need not exist yet and may be wiped, removed and made
/// again, even through symbolic links.
///
/// A writer publishes through shared memory, which causes no event. But it has the index open until it has
/// published, and its end, even by a kill, closes the file: this class waits for that
/// (schema/index-layout.md).
class IndexWatch {
 public:
  /// If the system has no inotify instance or watch left, logs that and looks twice a second until there is
  /// one. Throws Error.
  explicit IndexWatch(std::string directory);

  /// For poll(2): readable when it is time to look at the index.
  [[nodiscard]] int descriptor() const { return reports_.number(); }

  /// Must be called before each look at the index. A change after this call makes the descriptor readable
  /// again, so none is missed. Throws Error.
  void renew();

  /// The descriptor also becomes readable when a lease expires at `next`, and when the clock is set.
  void set_alarm(ExpiryTime next);

 private:
  void watch_for(int descriptor, std::uint32_t events);
  void watch_directories();
  void set_ticks(bool on);

  std::string directory_;
  DirectoryWatches changes_;
  FileDescriptor alarm_;  ///< timerfd_create(2)
  FileDescriptor ticks_;  ///< for directories that cannot be watched
  bool ticks_on_ = false;
  bool reported_ = false;         ///< that something cannot be watched
  bool reports_changes_ = false;  ///< `reports_` has the descriptor of `changes_`
  FileDescriptor mounts_;         ///< proc(5): a file system that covers the directory
  FileDescriptor reports_;        ///< epoll(7) of all these
};

}  // namespace leases
