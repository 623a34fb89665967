#pragma once

#include <cstdint>
#include <string>

#include "common/time.h"
#include "util/directory_watches.h"
#include "util/file.h"

namespace leases::cli {

/// Which of two leases' ends comes first.
inline ExpiryTime earlier(ExpiryTime a, ExpiryTime b) {
  if (a.infinite() || b.infinite()) return a.infinite() ? b : a;
  return a < b ? a : b;
}

/// Tells when the index of a runtime directory may have changed, or is not what it was because time has
/// passed. It needs no right but to read the directory, which need not exist yet and may be wiped, removed
/// and made again, also behind symbolic links.
///
/// A writer publishes through shared memory, which nobody is told of. But it has the index open until it has
/// published, and its end, also by a kill, closes the file: that is what is waited for
/// (schema/index-layout.md).
class IndexWatch {
 public:
  /// If the system has no inotify instance or watch to give, says so and looks every now and then, until
  /// there is. Throws Error.
  explicit IndexWatch(std::string directory);

  /// For poll(2): readable when it is time to look at the index.
  [[nodiscard]] int descriptor() const { return reports_.number(); }

  /// To be called before each look at the index. A change that comes after this call makes the descriptor
  /// readable again, so none is missed. Throws Error.
  void renew();

  /// The descriptor becomes readable, too, when a lease is over that ends at `next`, or when somebody sets
  /// the clock.
  void set_alarm(ExpiryTime next);

 private:
  void watch_for(int descriptor, std::uint32_t events);
  void watch_directories();
  void set_ticks(bool on);

  std::string directory_;
  DirectoryWatches changes_;
  FileDescriptor alarm_;  ///< timerfd_create(2)
  FileDescriptor ticks_;  ///< for what cannot be watched
  bool ticks_on_ = false;
  bool is_told_ = false;  ///< that it cannot
  bool reports_changes_ = false;
  FileDescriptor mounts_;   ///< proc(5): a file system that covers the directory
  FileDescriptor reports_;  ///< epoll(7) of all these
};

}  // namespace leases::cli
