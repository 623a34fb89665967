#include "cli/checks/open_to_others.h"

#include <sys/stat.h>

#include "util/words.h"

namespace leases::cli {

bool is_open_to_others(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

std::string open_to_others(const std::string& path) {
  return printable(path) +
         " can be written by group or others, so other users than its own decide about names";
}

std::string closing(const std::string& path) {
  return "chmod go-w " + shell_word(path);
}

}  // namespace leases::cli
