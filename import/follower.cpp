#include "import/follower.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "dnsmasq/server_registry.h"
#include "import/server_lease_files.h"
#include "store/writable_index.h"
#include "util/error.h"
#include "util/glob.h"
#include "util/log.h"
#include "util/resolved_path.h"
#include "util/stop_signals.h"

namespace leases {

namespace {

using std::chrono::milliseconds;

/// A file that is written in several pieces is usually whole after this time.
constexpr milliseconds kSettle{5};
/// From one import to the next: at most 20 in a second.
constexpr milliseconds kPause{50};
/// After an import that failed.
constexpr milliseconds kRetry{1000};
/// From one look to the next at files whose changes nobody reports.
constexpr milliseconds kBetweenLooks{1000};
/// From one attempt to the next to watch what could not be watched.
constexpr milliseconds kBetweenAttempts{5000};

/// Waits for one of the files, or until the time is up.
template <std::size_t n>
void poll_for(std::array<pollfd, n>& files, milliseconds time) {
  const int ready = ::poll(files.data(), files.size(), static_cast<int>(time.count()));
  if (ready < 0 && errno != EINTR) throw errno_error("poll", "failed", errno);
  if (ready < 0) std::ranges::for_each(files, [](pollfd& file) { file.revents = 0; });
}

/// The processor time that the processes which did imports took in all.
std::chrono::microseconds children_worked() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto time_of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return time_of(usage.ru_utime) + time_of(usage.ru_stime);
}

/// False if it was ended by `stop`.
bool pause_for(std::chrono::steady_clock::duration time, const FileDescriptor& stop) {
  std::array<pollfd, 1> files{{{stop.number(), POLLIN, 0}}};
  poll_for(files, std::max(milliseconds::zero(), std::chrono::ceil<milliseconds>(time)));
  return files[0].revents == 0;
}

}  // namespace

ImportFollower::ImportFollower(const std::string& configuration, Import import)
    : configuration_(std::filesystem::absolute(configuration).string()),
      import_(std::move(import)),
      stop_(stop_signals()),
      mounts_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)) {}

void ImportFollower::run() {
  while (wait(import_once())) {
  }
}

bool ImportFollower::import_once() {
  started_ = Clock::now();
  const auto worked_before = children_worked();
  bool succeeded = false;
  try {
    const Settings settings = watched_settings();
    for (const std::string& problem : settings.problems) tell(problem);
    const Work work =
        run_in_child([&](const LineSink& tell_here) { return import_(settings, is_first_, tell_here); },
                     stop_.number(), [this](const std::string& line) { tell(line); });
    is_first_ = is_first_ && work == Work::failed;
    succeeded = watch_store(settings) && work == Work::done;
  } catch (const Error& error) {
    tell(error.what());
  }
  worked_ = children_worked() - worked_before;
  return succeeded;
}

Settings ImportFollower::watched_settings() {
  watch_.begin();
  // It may be a link, and what it leads to may be written.
  resolved_path(configuration_, [this](const std::filesystem::path& path) {
    watch_.add(as_pattern(path.string()), SourceWatch::Writer::here);
  });
  Settings settings = read_settings(configuration_);
  for (const SourceConfig& source : settings.sources) {
    for (const SourcePattern& pattern : patterns_of(source)) {
      watch_.add(pattern.path);
      for (const std::string& beside : patterns_beside(pattern)) watch_.add(beside);
    }
  }
  for (const std::string& path : settings.hosts_files) {
    watch_.add(as_pattern(path));
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) watch_.add(as_pattern(path) + "/*");
  }
  if (!settings.hostname_file.empty())
    watch_.add(as_pattern(settings.hostname_file), SourceWatch::Writer::here);
  if (!settings.libvirt_directory.empty()) {
    for (const char* names : {"/*.addnhosts", "/*.hostsfile"})
      watch_.add(as_pattern(settings.libvirt_directory) + names);
  }
  for (const std::string& path : server_lease_files(settings)) watch_.add(as_pattern(path));
  is_all_watched_ = false;
  try {
    watch_.end();
    is_all_watched_ = true;
  } catch (const Error& failure) {
    tell_unwatched(failure.what());
  }
  return settings;
}

/// The helper and this program change the index: if that led to imports, there would be no end.
bool ImportFollower::watch_store(const Settings& settings) {
  index_path_ = std::filesystem::path(settings.runtime_directory) / kIndexName;
  store_directories_.begin();
  try {
    store_directories_.add(settings.runtime_directory,
                           IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF);
    store_directories_.add(settings.state_directory + '/' + kServersDirectory,
                           IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF);
  } catch (const Error& failure) {
    is_all_watched_ = false;
    tell_unwatched(failure.what());
  }
  store_directories_.end();
  unwatched_is_told_ = unwatched_is_told_ && !is_all_watched_;
  return index_is_there();
}

bool ImportFollower::index_is_there() const {
  std::error_code error;
  return std::filesystem::exists(index_path_, error);
}

bool ImportFollower::store_wants_import() const {
  bool wanted = false;
  store_directories_.read([&](const DirectoryWatches::Report& report) {
    const bool counts = report.name.empty() || report.name == kIndexName || report.name == kServersFile;
    wanted = wanted || (counts && (report.events & IN_IGNORED) == 0);
  });
  return wanted;
}

bool ImportFollower::sees_change() const {
  if (watch_.has_unreported() && watch_.looks_different()) return true;
  // An import watches everything again.
  return !is_all_watched_ && (!index_is_there() || Clock::now() - started_ >= kBetweenAttempts);
}

bool ImportFollower::wait(bool succeeded) {
  const bool looks = !succeeded || !is_all_watched_ || watch_.has_unreported();
  auto next_look = Clock::now() + (succeeded ? kBetweenLooks : kRetry);
  for (bool changed = false; !changed;) {
    std::array<pollfd, 4> files{{{stop_.number(), POLLIN, 0},
                                 {watch_.descriptor(), POLLIN, 0},
                                 {store_directories_.descriptor(), POLLIN, 0},
                                 {mounts_.number(), POLLPRI, 0}}};
    const auto left =
        std::max(milliseconds::zero(), std::chrono::ceil<milliseconds>(next_look - Clock::now()));
    poll_for(files, looks ? left : milliseconds(-1));
    if (files[0].revents != 0 || !pause_for(kSettle, stop_)) return false;
    changed = watch_.has_change() || store_wants_import() || files[3].revents != 0;
    if (!looks || changed || Clock::now() < next_look) continue;
    changed = !succeeded || sees_change();
    next_look = Clock::now() + kBetweenLooks;
  }
  // Whoever writes a source all the time, however large, has half of one processor for it.
  const auto pause = std::max<Clock::duration>(2 * worked_, kPause);
  return pause_for(started_ + pause - Clock::now(), stop_);
}

void ImportFollower::tell_unwatched(const std::string& line) {
  if (!std::exchange(unwatched_is_told_, true))
    tell(line + "; until then what is not watched is looked at every second");
}

void ImportFollower::tell(const std::string& line) {
  if (told_.tell(line, Clock::now())) log_line(line);
}

}  // namespace leases
