#include "util/glob.h"

#include <dirent.h>
#include <fnmatch.h>

#include <cerrno>
#include <memory>

namespace leases {

namespace {

constexpr std::string_view kSpecial = "*?[\\";

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

}  // namespace leases
