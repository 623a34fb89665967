#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "common/time.h"
#include "store/index_reader.h"
#include "store/index_watch.h"
#include "store/settings.h"
#include "util/file.h"
#include "util/log.h"
#include "util/running_program.h"

namespace leases::cli {

/// The time that an exported file was given with its text, which the text may say, too; 0 if there is no
/// file.
EpochSeconds time_of_state(const std::string& path);

/// That of the next text: now, but later than the one before, since a zone's serial number must grow with
/// each of its states, several of which may be of one second.
EpochSeconds time_of_next_state(EpochSeconds before);

/// Keeps a file equal to a text that is made from the index. The file is replaced, whole, and only when its
/// bytes change. While no index can be read, the leases of the last one go on until they end.
class FollowedFile {
 public:
  /// The text for the leases that were looked at. The time is what the text may say of the time at which it
  /// was made. Nothing if there is no text yet.
  using Text = std::function<std::optional<std::string>(EpochSeconds)>;

  struct Content {
    std::string path;
    mode_t mode_of_new_file = 0;
    /// Looks at the leases that are alive. Nothing if there is no text yet, and then the file stays as it is.
    std::function<std::optional<Text>(const IndexReader&)> look;
    /// For sh, to run at the start and after each change, again and again until it succeeds. May be empty.
    std::string command{};
  };

  /// From here on SIGTERM and SIGINT are blocked. Throws Error.
  FollowedFile(const Settings& settings, Content content);

  /// Returns after SIGTERM or SIGINT; a command that is running then gets SIGTERM. What goes wrong is logged
  /// once and tried again.
  void run();

 private:
  using Clock = std::chrono::steady_clock;

  void update();
  /// False if there is no index.
  bool look();
  /// False if there is no text.
  bool write_if_changed();
  void set_alarm();
  void run_command_if_due();
  void end_command();
  /// Until something happens that may need an update, or the command ends. False if it was told to end.
  bool wait();

  const Settings& settings_;
  Content content_;
  FileDescriptor stop_;
  IndexWatch watch_;
  LogRounds log_;
  std::optional<IndexReader> index_;
  EpochSeconds state_time_{0};
  bool has_failed_ = false;       ///< the last update, so another one follows the pause
  Clock::time_point pause_ends_;  ///< until then there is no other update
  std::optional<RunningProgram> command_;
  std::optional<Clock::time_point> command_due_;
};

}  // namespace leases::cli
