#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "import/source_watch.h"
#include "store/settings.h"
#include "util/directory_watches.h"
#include "util/file.h"
#include "util/process.h"

namespace leases {

/// Imports, and imports again whenever a source or the configuration has changed, until SIGTERM or SIGINT.
///
/// It has no state but its watches: an import that is killed, or fails, is made up for by the next.
class ImportFollower {
 public:
  /// Does one import, the first that succeeds with `is_first`. It runs in a process of its own, because a
  /// transaction of the store gives up, for good, rights that following needs: root becomes the owner of the
  /// state directory, and could then no longer see all of the sources. The memory of an import goes with that
  /// process, too.
  using Import = std::function<Work(const Settings& settings, bool is_first, const LineSink& tell)>;

  /// `configuration` is the path of the file to follow, which need not exist. Throws Error.
  ImportFollower(const std::string& configuration, Import import);

  void run();

 private:
  using Clock = std::chrono::steady_clock;

  /// Whether it did all that there was to do.
  bool import_once();
  /// Watches all that may change, as far as the system lets it, then returns the settings.
  Settings watched_settings();
  /// Watches whether somebody removes the index, or another dnsmasq runs the helper. False if there is no
  /// index.
  bool watch_store(const Settings& settings);
  /// Whether it was reported to be removed since then.
  [[nodiscard]] bool store_wants_import() const;
  [[nodiscard]] bool index_is_there() const;
  /// What is not reported, as far as it has to be looked at.
  [[nodiscard]] bool sees_change() const;
  /// Once, until all is watched again.
  void tell_unwatched(const std::string& line);
  /// Returns when it is time for another import, or false when there shall be none. After one that succeeded
  /// it is time when something has changed.
  bool wait(bool succeeded);
  void tell(const std::string& line);

  std::string configuration_;
  Import import_;
  FileDescriptor stop_;    ///< signalfd(2)
  FileDescriptor mounts_;  ///< proc(5): a file system may cover a source
  SourceWatch watch_;
  DirectoryWatches store_directories_;
  Clock::time_point started_;  ///< the latest import
  Clock::duration took_{};     ///< its time
  bool is_first_ = true;
  bool is_all_watched_ = false;
  bool unwatched_is_told_ = false;
  std::string index_path_;
  std::map<std::string, Clock::time_point> told_;  ///< when a line was told that need not be told again yet
};

}  // namespace leases
