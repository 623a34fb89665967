#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "import/source_watch.h"
#include "import/told_lines.h"
#include "store/settings.h"
#include "util/directory_watches.h"
#include "util/file.h"
#include "util/process.h"

namespace leases {

/// Imports, and imports again whenever a source or the configuration has changed, until SIGTERM or SIGINT.
///
/// It has no state but its watches: the next import makes up for one that is killed or fails.
class ImportFollower {
 public:
  /// Does one import, the first that succeeds with `is_first`. It runs in a separate process, because a
  /// transaction of the store gives up, for good, rights that following needs: root becomes the owner of the
  /// state directory, and could then no longer see all of the sources. The memory of an import is freed with
  /// that process, too.
  using Import = std::function<Work(const Settings& settings, bool is_first, const LineSink& tell)>;

  /// `configuration` is the path of the file to follow, which need not exist. Throws Error.
  ImportFollower(const std::string& configuration, Import import);

  void run();

 private:
  using Clock = std::chrono::steady_clock;

  /// Whether it did everything that was due.
  bool import_once();
  /// Watches everything that may change, as far as the system allows, then returns the settings.
  Settings watched_settings();
  /// Watches whether somebody removes the index, or another dnsmasq runs the helper. False if there is no
  /// index.
  bool watch_store(const Settings& settings);
  /// Whether a report of one of those came since then.
  [[nodiscard]] bool store_wants_import() const;
  [[nodiscard]] bool index_is_there() const;
  /// Looks for changes that are not reported. True also if it is time to try again to watch everything.
  [[nodiscard]] bool sees_change() const;
  /// Logs the line once, until everything is watched again.
  void tell_unwatched(const std::string& line);
  /// Returns true when it is time for another import, false to end. After an import that succeeded it is time
  /// when something has changed.
  bool wait(bool succeeded);
  void tell(const std::string& line);

  std::string configuration_;
  Import import_;
  FileDescriptor stop_;    ///< signalfd(2)
  FileDescriptor mounts_;  ///< proc(5): a file system may cover a source
  SourceWatch watch_;
  DirectoryWatches store_directories_;
  Clock::time_point started_;  ///< the latest import
  Clock::duration worked_{};   ///< the processor time that it took
  bool is_first_ = true;
  bool is_all_watched_ = false;
  bool unwatched_is_told_ = false;
  std::string index_path_;
  ToldLines told_;
};

}  // namespace leases
