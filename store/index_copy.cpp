#include "store/index_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "common/hash.h"
#include "util/error.h"

namespace leases {

namespace {

/// Reads from a place in the file to the same place of the copy, up to its end. The number of bytes: fewer if
/// the file was cut short.
std::size_t read_at(const IndexFile& file, const std::string& path, std::size_t place,
                    std::span<std::byte> copy) {
  std::size_t length = 0;
  while (length < copy.size()) {
    const ssize_t count = ::pread(file.descriptor.number(), copy.data() + length, copy.size() - length,
                                  static_cast<off_t>(place + length));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw errno_error(path, "cannot be read", errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  return length;
}

/// A file that only claims to be long must not take that much memory.
bool is_as_long_as_it_says(const IndexFile& file, const std::string& path) {
  layout::FileHeader header{};
  read_at(file, path, 0, std::as_writable_bytes(std::span(&header, 1)));
  return header.file_size == file.size && header.checksum == Hash::of(&header, layout::kChecksummedBytes);
}

bool is_in_place(const IndexFile& file, const Directory& directory) {
  struct stat status {};
  const auto present = directory.status_of(kIndexName);
  return present && ::fstat(file.descriptor.number(), &status) == 0 && is_same_file(status, *present);
}

}  // namespace

std::optional<IndexCopy> IndexCopy::of(const Directory& directory, std::string& problem) {
  const std::string path = directory.path_of(kIndexName);
  for (;;) {
    const auto file = IndexFile::open(directory, O_RDONLY, problem);
    if (!file) return {};
    const std::size_t size = is_as_long_as_it_says(*file, path) ? file->size : sizeof(layout::FileHeader);
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(size);
    const std::span copy = std::span(bytes.get(), size).first(read_at(*file, path, 0, {bytes.get(), size}));
    // Once more the mark: it says whether the rest was there until now.
    constexpr std::size_t kMark = offsetof(layout::FileHeader, superseded);
    constexpr std::size_t kMarkSize = sizeof(layout::FileHeader::superseded);
    if (copy.size() >= kMark + kMarkSize) read_at(*file, path, kMark, copy.subspan(kMark, kMarkSize));
    IndexImage index;
    IndexFault fault = IndexImage::open(copy, index);
    if (fault == IndexFault::none) {
      if (const auto view = IndexView::of(index)) return IndexCopy(std::move(bytes), *view);
      fault = IndexFault::damaged;
    }
    // If it is still there, somebody put a file in its place that a writer had given up.
    if (fault == IndexFault::emptied && !is_in_place(*file, directory)) continue;
    problem = path + ' ' + describe(fault);
    return {};
  }
}

}  // namespace leases
