#include "util/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "util/path_error.h"

namespace leases {

namespace {

/// Nothing if the disk or the file is at fault.
std::optional<std::string> read_to_end(const Directory& directory, const std::string& name,
                                       const FileDescriptor& file, std::size_t expected_size) {
  std::string text(expected_size, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = ::read(file.number(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && is_disk_error(errno)) return {};
    if (count < 0) throw errno_error(directory.path_of(name), "cannot be read", errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  text.resize(length);
  return text;
}

}  // namespace

std::optional<WholeFile> read_whole_file(const Directory& directory, const std::string& name,
                                         std::size_t max_size) {
  const FileDescriptor file = directory.open(name, O_RDONLY);
  struct stat status {};
  if (file.number() < 0 && errno == ENOENT) return {};
  if (file.number() < 0 && is_permanent(errno)) {
    const auto present = directory.status_of(name);
    return WholeFile{present ? stamp_of(*present) : layout::FileStamp{}, {}};
  }
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    throw errno_error(directory.path_of(name), "cannot be opened", errno);
  }
  const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  if (!S_ISREG(status.st_mode) || size > max_size) return WholeFile{stamp_of(status), {}};
  return WholeFile{stamp_of(status), read_to_end(directory, name, file, size)};
}

}  // namespace leases
