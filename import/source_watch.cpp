#include "import/source_watch.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>

#include "store/source_place.h"
#include "util/file_system.h"
#include "util/glob.h"
#include "util/resolved_path.h"

namespace leases {

namespace fs = std::filesystem;

namespace {

/// dnsmasq writes its file in place and never closes it.
constexpr std::uint32_t kToFile = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB;
constexpr std::uint32_t kToDirectory = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kToFileItself =
    IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

/// The mount that a path leads to; nothing if that cannot be known.
std::optional<std::uint64_t> mount_of(const std::string& path, struct statx& status) {
  if (::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, STATX_NLINK | STATX_MNT_ID, &status) != 0) return {};
  if ((status.stx_mask & STATX_MNT_ID) == 0) return {};
  return status.stx_mnt_id;
}

/// Whether a file may be written without a report from its directory: it has other names, or is mounted
/// there.
bool has_other_way(const std::string& path) {
  struct statx file {};
  struct statx directory {};
  const auto mount = mount_of(path, file);
  if (!mount) return file.stx_nlink > 0;  // an old kernel does not say
  return file.stx_nlink > 1 || mount != mount_of(fs::path(path).parent_path().string(), directory);
}

}  // namespace

void SourceWatch::begin() {
  watches_.begin();
  names_.clear();
  failure_.reset();
  unreported_.clear();
}

void SourceWatch::add(std::string_view pattern, Writer writer) {
  writer_ = writer;
  is_reported_ = true;
  add_below("/", pattern);
  if (!is_reported_) unreported_.emplace_back(pattern);
}

void SourceWatch::end() {
  watches_.end();
  stamps_ = stamps_of_unreported();
  if (failure_) throw Error(*failure_);
}

/// If one cannot be watched, the others still are.
bool SourceWatch::watch(const std::string& directory, const std::string& name) try {
  const int number = watches_.add(directory, kToFile | kToDirectory);
  if (number >= 0) names_[number].push_back(name);
  return number >= 0;
} catch (const Error& failure) {
  note(failure);
  return false;
}

/// Its directory is watched already, which is enough for most files.
void SourceWatch::watch_file(const std::string& path) try {
  std::error_code error;
  if (writer_ == Writer::anywhere && fs::exists(path, error) && file_system_of(path) != FileSystemKind::local)
    is_reported_ = false;
  if (!has_other_way(path)) return;
  const int number = watches_.add_file(path, kToFileItself);
  if (number >= 0) names_[number].emplace_back();
} catch (const Error& failure) {
  note(failure);
}

void SourceWatch::note(const Error& failure) {
  is_reported_ = false;
  if (!failure_) failure_ = failure;
}

/// A name without a pattern counts whether it exists or not.
std::vector<std::string> SourceWatch::names_of(const std::string& directory, const std::string& pattern) {
  if (!is_pattern(pattern)) return {pattern};
  MatchingNames found = matching_names(directory, pattern);
  // The import reports directories that this process may not read.
  if (found.error != 0 && !is_permanent(found.error))
    note(errno_error(directory, "cannot be listed", found.error));
  return std::move(found.names);
}

/// Watches a directory before it lists it, so that a file that is created in between is reported.
void SourceWatch::add_below(const std::string& directory, std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  const std::string name(rest.substr(0, rest.find('/')));
  if (name.empty() || !watch(directory, name)) return;
  rest.remove_prefix(name.size());
  const bool is_last = rest.find_first_not_of('/') == std::string_view::npos;
  const bool is_looked_through = is_last || is_pattern(name);
  // New files are not reported there.
  if (is_looked_through && writer_ == Writer::anywhere && file_system_of(directory) != FileSystemKind::local)
    is_reported_ = false;
  for (const std::string& child : names_of(directory, name)) {
    fs::path path = directory + child;
    std::error_code error;
    if (fs::is_symlink(path, error)) {
      path = resolved_path(path, [this](const fs::path& part) {
        watch(part.parent_path(), as_pattern(part.filename().string()));
      });
    }
    if (is_last) {
      watch_file(path.string());
    } else {
      add_below(path.string() + '/', rest);
    }
  }
}

SourceWatch::Stamps SourceWatch::stamps_of_unreported() const {
  Stamps stamps;
  for (const std::string& pattern : unreported_) {
    // The import reports directories that cannot be listed.
    for (const std::string& path : matching_paths(pattern, [](const std::string&, int) {}))
      stamps[path] = stamp_at(path);
  }
  return stamps;
}

bool SourceWatch::has_change() const {
  bool changed = false;
  watches_.read([&](const DirectoryWatches::Report& report) {
    const auto names = names_.find(report.watch);
    const bool is_lost = (report.events & IN_Q_OVERFLOW) != 0;
    const bool is_ours = names != names_.end() &&
                         (report.name.empty() || std::any_of(names->second.begin(), names->second.end(),
                                                             [&](const std::string& name) {
                                                               return matches_name(name, report.name);
                                                             }));
    changed = changed || is_lost || is_ours;
  });
  return changed;
}

}  // namespace leases
