#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace leases {

/// Why an index file is not trusted, whatever is in it.
enum class Distrust : std::uint8_t {
  none,
  not_regular,
  writable_by_others,
  directory_writable_by_others,
  foreign_owner,
};

/// An index file is trusted if it is a regular file that only its owner can write, in a directory that only
/// its owner can write, and the file's owner is root or the directory's owner.
inline Distrust distrust_of(const struct stat& file, const struct stat& directory) noexcept {
  constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;
  if (!S_ISREG(file.st_mode)) return Distrust::not_regular;
  if ((file.st_mode & kWritableByOthers) != 0) return Distrust::writable_by_others;
  if (!S_ISDIR(directory.st_mode) || (directory.st_mode & kWritableByOthers) != 0)
    return Distrust::directory_writable_by_others;
  const bool owned = file.st_uid == 0 || file.st_uid == directory.st_uid;
  return owned ? Distrust::none : Distrust::foreign_owner;
}

/// Whether a file of a directory can be one that somebody else put there: others can write in the directory,
/// and the file is neither root's nor the directory's owner's.
inline bool is_strangers(const struct stat& file, const struct stat& directory) noexcept {
  const bool is_open = (directory.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return is_open && file.st_uid != 0 && file.st_uid != directory.st_uid;
}

inline bool is_trustworthy(const struct stat& file, const struct stat& directory) noexcept {
  return distrust_of(file, directory) == Distrust::none;
}

}  // namespace leases
