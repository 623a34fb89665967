#include "util/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "util/error.h"

namespace leases {

namespace {

constexpr mode_t kDirectoryMode = 0755;

FileDescriptor open_directory(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

Directory Directory::open_or_create(const std::string& path) {
  FileDescriptor descriptor = open_directory(path);
  if (descriptor.number() < 0 && errno == ENOENT) {
    if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
      throw errno_error(path, "cannot be created", errno);
    }
    descriptor = open_directory(path);
  }
  if (descriptor.number() < 0) throw errno_error(path, "cannot be opened", errno);
  return {path, std::move(descriptor)};
}

std::optional<Directory> Directory::open_existing(const std::string& path) {
  FileDescriptor descriptor = open_directory(path);
  if (descriptor.number() >= 0) return Directory(path, std::move(descriptor));
  if (errno == ENOENT) return {};
  throw errno_error(path, "cannot be opened", errno);
}

struct stat Directory::status() const {
  struct stat status {};
  if (::fstat(descriptor(), &status) != 0) throw errno_error(path_, "cannot be examined", errno);
  return status;
}

bool Directory::is_writable() const noexcept {
  return ::faccessat(descriptor(), ".", W_OK | X_OK, AT_EACCESS) == 0;
}

std::optional<struct stat> Directory::status_of(const std::string& name) const {
  struct stat status {};
  if (::fstatat(descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno == ENOENT) return {};
  throw errno_error(path_of(name), "cannot be examined", errno);
}

FileDescriptor Directory::open(const std::string& name, int flags, mode_t mode) const {
  const int always = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  return FileDescriptor(::openat(descriptor(), name.c_str(), flags | always, mode));
}

std::vector<std::string> Directory::names() const {
  const int number = ::openat(descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) throw errno_error(path_, "cannot be listed", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(number), ::closedir);
  if (listing == nullptr) {
    const FileDescriptor closed(number);
    throw errno_error(path_, "cannot be listed", errno);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) throw errno_error(path_, "cannot be listed", errno);
  std::sort(names.begin(), names.end());
  return names;
}

void Directory::rename(const std::string& from, const std::string& to) const {
  if (::renameat(descriptor(), from.c_str(), descriptor(), to.c_str()) != 0) {
    throw errno_error(path_of(to), "cannot be put in place", errno);
  }
}

bool Directory::link(const std::string& name, const std::string& other) const noexcept {
  return ::linkat(descriptor(), name.c_str(), descriptor(), other.c_str(), 0) == 0;
}

void Directory::sync() const {
  // Some network file systems cannot sync directories.
  if (::fsync(descriptor()) == 0 || errno == EINVAL || errno == ENOTSUP) return;
  throw errno_error(path_, "cannot be written to disk", errno);
}

void Directory::remove_if_there(const std::string& name) const noexcept {
  ::unlinkat(descriptor(), name.c_str(), 0);
}

}  // namespace leases
