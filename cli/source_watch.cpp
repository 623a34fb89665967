#include "cli/source_watch.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "cli/resolved_path.h"
#include "helper/path_fault.h"

namespace leases::cli {

namespace fs = std::filesystem;

namespace {

/// dnsmasq writes its file in place and never closes it.
constexpr std::uint32_t kToFile = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB;
constexpr std::uint32_t kToDirectory = IN_DELETE_SELF | IN_MOVE_SELF;

constexpr std::string_view kSpecial = "*?[\\";

bool matches(const std::string& pattern, std::string_view name) {
  return ::fnmatch(pattern.c_str(), std::string(name).c_str(), FNM_PERIOD) == 0;
}

/// The names in a directory that a pattern stands for, or a name without a pattern, there or not. Throws
/// StoreError if the system fails.
std::vector<std::string> names_of(const std::string& directory, const std::string& pattern) {
  if (pattern.find_first_of(kSpecial) == std::string::npos) return {pattern};
  std::vector<std::string> names;
  const auto close = [](DIR* listing) { ::closedir(listing); };
  const std::unique_ptr<DIR, decltype(close)> listing(::opendir(directory.c_str()), close);
  if (listing) errno = 0;
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    if (matches(pattern, entry->d_name)) names.emplace_back(entry->d_name);
    errno = 0;
  }
  // What is closed to this process is told by the import.
  if (errno != 0 && !is_lasting_fault(errno)) throw system_error(directory, "cannot be listed", errno);
  return names;
}

}  // namespace

void SourceWatch::begin() {
  watches_.begin();
  names_.clear();
  failure_.reset();
}

void SourceWatch::add(std::string_view pattern) {
  add_below("/", pattern);
}

void SourceWatch::end() {
  watches_.end();
  if (failure_) throw StoreError(*failure_);
}

bool SourceWatch::watch(const std::string& directory, const std::string& name) {
  const int number = watches_.add(directory, kToFile | kToDirectory);
  if (number >= 0) names_[number].push_back(name);
  return number >= 0;
}

/// Watches a directory before it looks for directories in it: one that is made in between is reported. One
/// that cannot be watched is no reason not to watch the others.
void SourceWatch::add_below(const std::string& directory, std::string_view rest) try {
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  const std::string name(rest.substr(0, rest.find('/')));
  if (name.empty() || !watch(directory, name)) return;
  rest.remove_prefix(name.size());
  if (rest.empty()) return;
  for (const std::string& child : names_of(directory, name)) add_child(directory + child, rest);
} catch (const StoreError& failure) {
  if (!failure_) failure_ = failure;
}

void SourceWatch::add_child(fs::path path, std::string_view rest) try {
  std::error_code error;
  if (fs::is_symlink(path, error)) {
    path = resolved_path(path, [this](const fs::path& part) {
      watch(part.parent_path(), as_pattern(part.filename().string()));
    });
  }
  add_below(path.string() + '/', rest);
} catch (const StoreError& failure) {
  if (!failure_) failure_ = failure;
}

bool SourceWatch::has_change() const {
  bool changed = false;
  watches_.read([&](const DirectoryWatches::Report& report) {
    const auto names = names_.find(report.watch);
    const bool is_lost = (report.events & IN_Q_OVERFLOW) != 0;
    const bool is_ours = names != names_.end() &&
                         (report.name.empty() ||
                          std::any_of(names->second.begin(), names->second.end(),
                                      [&](const std::string& name) { return matches(name, report.name); }));
    changed = changed || is_lost || is_ours;
  });
  return changed;
}

std::string as_pattern(std::string_view path) {
  std::string pattern;
  for (const char c : path) {
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

}  // namespace leases::cli
