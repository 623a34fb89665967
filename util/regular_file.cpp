#include "util/regular_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "util/error.h"
#include "util/file.h"

namespace leases {

namespace {

using State = RegularFile::State;

constexpr std::size_t kReadSize = 0x4000;

RegularFile not_read(int error, const struct stat& status = {}) {
  return {error == ENOENT ? State::absent : State::unusable, {}, status, error};
}

/// Up to its size, or without one, up to `limit`: a file may grow while it is read.
RegularFile read_to_end(const FileDescriptor& file, const struct stat& status, std::size_t limit) {
  const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  if (!S_ISREG(status.st_mode) || size > limit) return not_read(0, status);
  const std::size_t most = size > 0 ? size : limit;
  RegularFile result{State::read, {}, status};
  std::size_t length = 0;
  for (ssize_t count = 1; count != 0 && length < most;) {
    if (length == result.text.size())
      result.text.resize(size > 0 ? size : std::min(length + kReadSize, most));
    count = ::read(file.number(), result.text.data() + length, result.text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return not_read(errno, status);
    length += static_cast<std::size_t>(count);
  }
  result.text.resize(length);
  return result;
}

}  // namespace

std::string RegularFile::problem() const {
  if (state == State::absent) return "does not exist";
  if (error != 0) return std::string("cannot be read: ") + std::strerror(error);
  if (S_ISREG(status.st_mode)) return "is too large (" + std::to_string(status.st_size) + " bytes)";
  return std::string("is ") + kind_of_file(status.st_mode) + ", not a file";
}

RegularFile read_regular_file(const std::string& path, std::size_t limit) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return not_read(errno);
  if (!S_ISREG(status.st_mode)) return not_read(0, status);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return not_read(errno, status);
  return read_to_end(file, status, limit);
}

RegularFile read_regular_file(const Directory& directory, const std::string& name, std::size_t limit) {
  const FileDescriptor file = directory.open(name, O_RDONLY);
  struct stat status {};
  if (file.number() < 0 && is_permanent(errno)) {
    const int error = errno;
    const auto present = error != ENOENT ? directory.status_of(name) : std::nullopt;
    return not_read(error, present.value_or(status));
  }
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    throw errno_error(directory.path_of(name), "cannot be opened", errno);
  RegularFile result = read_to_end(file, status, limit);
  if (result.error != 0 && !is_disk_error(result.error))
    throw errno_error(directory.path_of(name), "cannot be read", result.error);
  return result;
}

const char* kind_of_file(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "a file";
    case S_IFDIR:
      return "a directory";
    case S_IFLNK:
      return "a symbolic link";
    case S_IFIFO:
      return "a FIFO";
    case S_IFSOCK:
      return "a socket";
    default:
      return "a device";
  }
}

}  // namespace leases
