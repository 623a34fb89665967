#pragma once

#include <sys/stat.h>

namespace leases {

/// Whether an index file may be believed: a regular file that only its owner can write, owned by root or by
/// the user to whom root gave the directory that it is in.
inline bool is_trustworthy(const struct stat& file, const struct stat& directory) noexcept {
  constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;
  if (!S_ISREG(file.st_mode) || (file.st_mode & kWritableByOthers) != 0) return false;
  if (!S_ISDIR(directory.st_mode) || (directory.st_mode & kWritableByOthers) != 0) return false;
  return file.st_uid == 0 || file.st_uid == directory.st_uid;
}

}  // namespace leases
