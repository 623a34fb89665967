#include "util/glob.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace leases {

namespace {

constexpr std::string_view kSpecial = "*?[\\";

using Report = std::function<void(const std::string& directory, int error)>;

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

std::vector<std::string> names_in(const std::string& directory, const std::string& pattern,
                                  const Report& report) {
  MatchingNames found = matching_names(directory + '/', pattern);
  if (found.error != 0 && found.error != ENOENT && found.error != ENOTDIR) report(directory, found.error);
  return std::move(found.names);
}

/// Adds the paths below a directory. `rest` of the pattern begins with a slash.
void descend(const std::string& directory, std::string_view rest, const Report& report,
             std::vector<std::string>& paths) {
  rest.remove_prefix(1);
  const std::string component(rest.substr(0, rest.find('/')));
  rest.remove_prefix(component.size());
  const bool is_open = is_pattern(component);
  for (const std::string& name :
       is_open ? names_in(directory, component, report) : std::vector<std::string>{component}) {
    const std::string path = std::string(directory).append("/").append(name);
    if (!rest.empty()) {
      descend(path, rest, report, paths);
    } else if (is_open || exists(path)) {
      paths.push_back(path);
    }
  }
}

}  // namespace

bool is_pattern(std::string_view text) {
  return text.find_first_of(kSpecial) != std::string_view::npos;
}

std::string as_pattern(std::string_view path) {
  std::string pattern;
  for (const char c : path) {
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

bool matches_name(const std::string& pattern, std::string_view name) {
  return ::fnmatch(pattern.c_str(), std::string(name).c_str(), FNM_PERIOD) == 0;
}

bool matches_text(const std::string& pattern, std::string_view text) {
  return ::fnmatch(pattern.c_str(), std::string(text).c_str(), 0) == 0;
}

bool matches_folded(const std::string& pattern, std::string_view text) {
  return ::fnmatch(pattern.c_str(), std::string(text).c_str(), FNM_CASEFOLD) == 0;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return matches_text(pattern, text); });
}

bool matches_any_folded(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return matches_folded(pattern, text); });
}

MatchingNames matching_names(const std::string& directory, const std::string& pattern) {
  MatchingNames found;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), ::closedir);
  if (listing) errno = 0;
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    if (matches_name(pattern, entry->d_name)) found.names.emplace_back(entry->d_name);
    errno = 0;
  }
  found.error = errno;
  return found;
}

std::vector<std::string> matching_paths(const std::string& pattern, const Report& report) {
  std::vector<std::string> paths;
  descend("", pattern, report, paths);
  return paths;
}

}  // namespace leases
