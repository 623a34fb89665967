#include "cli/source_watch.h"

#include <sys/inotify.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/resolved_path.h"
#include "helper/glob.h"
#include "helper/path_fault.h"

namespace leases::cli {

namespace fs = std::filesystem;

namespace {

/// dnsmasq writes its file in place and never closes it.
constexpr std::uint32_t kToFile = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB;
constexpr std::uint32_t kToDirectory = IN_DELETE_SELF | IN_MOVE_SELF;

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

/// One that cannot be watched is no reason not to watch the others.
bool SourceWatch::watch(const std::string& directory, const std::string& name) try {
  const int number = watches_.add(directory, kToFile | kToDirectory);
  if (number >= 0) names_[number].push_back(name);
  return number >= 0;
} catch (const StoreError& failure) {
  note(failure);
  return false;
}

void SourceWatch::note(const StoreError& failure) {
  if (!failure_) failure_ = failure;
}

/// Names without a pattern count, there or not.
std::vector<std::string> SourceWatch::names_of(const std::string& directory, const std::string& pattern) {
  if (!is_pattern(pattern)) return {pattern};
  MatchingNames found = matching_names(directory, pattern);
  // What is closed to this process is told by the import.
  if (found.error != 0 && !is_lasting_fault(found.error))
    note(system_error(directory, "cannot be listed", found.error));
  return std::move(found.names);
}

/// Watches a directory before it looks for directories in it: one that is made in between is reported.
void SourceWatch::add_below(const std::string& directory, std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  const std::string name(rest.substr(0, rest.find('/')));
  if (name.empty() || !watch(directory, name)) return;
  rest.remove_prefix(name.size());
  if (rest.empty()) return;
  for (const std::string& child : names_of(directory, name)) {
    fs::path path = directory + child;
    std::error_code error;
    if (fs::is_symlink(path, error)) {
      path = resolved_path(path, [this](const fs::path& part) {
        watch(part.parent_path(), as_pattern(part.filename().string()));
      });
    }
    add_below(path.string() + '/', rest);
  }
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

}  // namespace leases::cli
