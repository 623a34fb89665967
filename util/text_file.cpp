#include "util/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "util/file.h"

namespace leases {

namespace {

constexpr std::size_t kLargest = 0x100000;

TextFile failure(int error) {
  if (error == ENOENT || error == ENOTDIR) return {TextFile::State::absent, {}, "does not exist"};
  const bool forbidden = error == EACCES || error == EPERM;
  return {forbidden ? TextFile::State::forbidden : TextFile::State::unusable,
          {},
          std::string("cannot be read: ") + std::strerror(error)};
}

}  // namespace

const char* kind_of_file(unsigned mode) {
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

TextFile TextFile::open(const std::string& path) {
  // To open some devices has an effect, so it is looked at before.
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failure(errno);
  if (!S_ISREG(status.st_mode))
    return {State::unusable, {}, std::string("is ") + kind_of_file(status.st_mode) + ", not a file"};
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return failure(errno);
  if (!S_ISREG(status.st_mode)) return {State::unusable, {}, "is not a file"};
  TextFile result{State::read, {}, {}};
  std::array<char, 0x4000> buffer{};
  while (result.text.size() < kLargest) {
    const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno);
    if (count == 0) break;
    result.text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace leases
