#include "import/log_addition.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/hash.h"
#include "import/source_file.h"
#include "store/file_stamp.h"
#include "store/source_place.h"
#include "util/file.h"

namespace leases {

namespace {

/// Some tens of lines, each with an address and a time.
constexpr std::size_t kLastBytes = 4096;
/// Longer than any first line.
constexpr std::size_t kFirstBytes = 4096;
/// A longer addition is read with the rest.
constexpr std::size_t kMostAdded = std::size_t{1} << 24;

/// The bytes of a part of a file; nothing if it has not so many there.
std::optional<std::string> bytes_at(const FileDescriptor& file, std::size_t begin, std::size_t end) {
  std::string bytes(end - begin, '\0');
  for (std::size_t length = 0; length < bytes.size();) {
    const ssize_t count = ::pread(file.number(), bytes.data() + length, bytes.size() - length,
                                  static_cast<off_t>(begin + length));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    length += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::string_view last_bytes(std::string_view text) {
  return text.substr(text.size() - std::min(text.size(), kLastBytes));
}

}  // namespace

std::uint64_t content_of_log(std::string_view text) {
  const std::string_view last = last_bytes(text);
  return Hash::of(last.data(), last.size());
}

std::optional<LogAddition> addition_to_log(const std::string& path, const layout::FileStamp& stamp,
                                           std::uint64_t content) {
  const SourcePlace place = place_of(path);
  if (!place.directory) return {};
  const FileDescriptor file = place.directory->open(place.name, O_RDONLY);
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  LogAddition addition;
  addition.stamp = stamp_of(status);
  const bool is_same_file = addition.stamp.device == stamp.device && addition.stamp.inode == stamp.inode;
  const bool has_grown = addition.stamp.size > stamp.size && addition.stamp.size - stamp.size <= kMostAdded;
  if (!is_same_file || !has_grown || addition.stamp.size > kMaxSourceSize) return {};

  const auto before = static_cast<std::size_t>(stamp.size);
  const auto size = static_cast<std::size_t>(addition.stamp.size);
  const auto first = bytes_at(file, 0, std::min(kFirstBytes, before));
  auto last = bytes_at(file, before - std::min(kLastBytes, before), before);
  const auto added = bytes_at(file, before, size);
  if (!first || !last || !added) return {};
  const std::size_t end_of_first = first->find('\n');
  if (end_of_first == std::string::npos || !last->ends_with('\n') || content_of_log(*last) != content)
    return {};
  addition.text = first->substr(0, end_of_first + 1) + *added;
  addition.skipped = before - (end_of_first + 1);
  addition.content = content_of_log(*last + *added);
  return addition;
}

}  // namespace leases
