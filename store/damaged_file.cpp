#include "store/damaged_file.h"

#include <sys/stat.h>

#include <ctime>

namespace leases {

namespace {

/// ".damaged-20260131T093000Z"
std::string suffix(const char* word) {
  const std::time_t present = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&present, &utc);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "-%Y%m%dT%H%M%SZ", &utc);
  return '.' + std::string(word) + std::string(text, length);
}

}  // namespace

std::string set_damaged_aside(const Directory& directory, const std::string& name, const char* word) {
  const std::string first = name + suffix(word);
  std::string aside = first;
  for (int number = 2; directory.status_of(aside); ++number) aside = first + '-' + std::to_string(number);
  const auto status = directory.status_of(name);
  if (!status) return aside;
  if (S_ISDIR(status->st_mode) || !directory.link(name, aside)) directory.rename(name, aside);
  return aside;
}

}  // namespace leases
