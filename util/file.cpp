#include "util/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

namespace leases {

namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

FileDescriptor open_directory(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Whoever owns a file can give it any time. What is out of bounds is cut, so that two of these have a
/// difference, too.
std::int64_t nanoseconds_of(const timespec& time) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 2 / kNanoseconds;
  return std::clamp<std::int64_t>(time.tv_sec, -kMost, kMost) * kNanoseconds + time.tv_nsec;
}

const char* advice_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "make room on that file system";
    case EROFS:
      return "remount that file system read-write";
    case EACCES:
    case EPERM:
      return "let the user that dnsmasq runs the helper as (dhcp-scriptuser) own that directory and what is "
             "in it";
    case ENOENT:
      return "create that directory, owned by the user that dnsmasq runs the helper as";
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
      return "move away what stands there; it has to be a plain file or directory";
    default:
      return "the state before is kept";
  }
}

}  // namespace

Error errno_error(const std::string& path, std::string_view failed, int error) {
  return Error(path + ": " + std::string(failed) + ": " + std::strerror(error) + "; " + advice_for(error),
               error);
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

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
  // Some network file systems have no such thing for directories.
  if (::fsync(descriptor()) == 0 || errno == EINVAL || errno == ENOTSUP) return;
  throw errno_error(path_, "cannot be written to disk", errno);
}

void Directory::remove_if_there(const std::string& name) const noexcept {
  ::unlinkat(descriptor(), name.c_str(), 0);
}

NewFile::NewFile(const Directory& directory, std::string name)
    : directory_(directory),
      name_(std::move(name)),
      temporary_name_('.' + name_ + ".new"),
      descriptor_(directory.open(temporary_name_, O_RDWR | O_CREAT | O_EXCL, kFileMode)) {
  if (descriptor_.number() < 0 && errno == EEXIST) {
    // Left by a writer that was killed: the store's lock is held, so nobody else is writing it.
    directory.remove_if_there(temporary_name_);
    descriptor_ = directory.open(temporary_name_, O_RDWR | O_CREAT | O_EXCL, kFileMode);
  }
  if (descriptor_.number() < 0)
    throw errno_error(directory_.path_of(temporary_name_), "cannot be created", errno);
}

NewFile::~NewFile() {
  if (!in_place_) directory_.remove_if_there(temporary_name_);
}

void NewFile::write(std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces) {
    std::size_t written = 0;
    while (written < piece.size()) {
      const ssize_t count = ::write(descriptor_.number(), piece.data() + written, piece.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw errno_error(directory_.path_of(temporary_name_), "cannot be written", errno);
      written += static_cast<std::size_t>(count);
    }
  }
}

void NewFile::reserve(std::size_t size) {
  struct stat status {};
  if (::fstat(descriptor_.number(), &status) != 0) {
    throw errno_error(directory_.path_of(temporary_name_), "cannot be examined", errno);
  }
  // posix_fallocate writes where the file system cannot allocate; it returns its error.
  int error = EINTR;
  while (error == EINTR)
    error = ::posix_fallocate(descriptor_.number(), status.st_size, static_cast<off_t>(size));
  if (error != 0) throw errno_error(directory_.path_of(temporary_name_), "cannot be extended", error);
}

void NewFile::sync() {
  if (::fsync(descriptor_.number()) != 0) {
    throw errno_error(directory_.path_of(temporary_name_), "cannot be written to disk", errno);
  }
}

layout::FileStamp NewFile::put_in_place() {
  directory_.rename(temporary_name_, name_);
  in_place_ = true;
  struct stat status {};
  if (::fstat(descriptor_.number(), &status) != 0)
    throw errno_error(directory_.path_of(name_), "cannot be examined", errno);
  return stamp_of(status);
}

layout::FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds_of(status.st_mtim), nanoseconds_of(status.st_ctim)};
}

}  // namespace leases
