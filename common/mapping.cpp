#include "common/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/trust.h"
#include "paths.h"

namespace leases {

namespace {

/// openat(2) and close(2) by their numbers: the C library's functions are cancellation points, and a thread
/// that is cancelled here would leak what it holds.
class ReadOnlyFile {
 public:
  explicit ReadOnlyFile(const char* path) noexcept
      : number_(static_cast<int>(syscall(SYS_openat, AT_FDCWD, path,
                                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))) {}
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;
  ~ReadOnlyFile() {
    if (number_ >= 0) syscall(SYS_close, number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

MapResult result_of_failure(int error) noexcept {
  const bool absent = error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENXIO;
  return absent ? MapResult::absent : MapResult::unreachable;
}

/// Whether a status of the index's path is that of the mapped file.
bool is_of(const Mapping& mapping, const struct stat& status) noexcept {
  return status.st_dev == mapping.device && status.st_ino == mapping.inode && status.st_size == mapping.size;
}

/// See map_index(). Sets `mapping` also on IndexFault::emptied.
MapResult map_file(Mapping& mapping, IndexFault& fault) noexcept {
  const ReadOnlyFile file(paths::kIndex);
  if (file.number() < 0) return result_of_failure(errno);
  struct stat status;
  struct stat directory;
  if (fstat(file.number(), &status) != 0 || stat(paths::kRuntimeDirectory, &directory) != 0) {
    return result_of_failure(errno);
  }
  if (!is_trustworthy(status, directory)) return MapResult::absent;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < sizeof(layout::FileHeader)) return MapResult::absent;
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (memory == MAP_FAILED) return MapResult::unreachable;
  mapping.device = status.st_dev;
  mapping.inode = status.st_ino;
  mapping.size = status.st_size;
  fault = IndexImage::open({static_cast<const std::byte*>(memory), size}, mapping.index);
  if (fault == IndexFault::none) return MapResult::mapped;
  munmap(memory, size);
  return MapResult::absent;
}

}  // namespace

MapResult map_index(Mapping& mapping) noexcept {
  for (;;) {
    IndexFault fault = IndexFault::none;
    const MapResult result = map_file(mapping, fault);
    // Replaced between its opening and its mapping. If it is still there, somebody put such a file in place.
    if (fault == IndexFault::emptied && is_in_place(mapping) == InPlace::no) continue;
    return result;
  }
}

void unmap(const IndexImage& index) noexcept {
  munmap(const_cast<std::byte*>(index.file().data()), index.file().size());
}

InPlace is_in_place(const Mapping& mapping) noexcept {
  struct stat status;
  if (lstat(paths::kIndex, &status) != 0) {
    return result_of_failure(errno) == MapResult::absent ? InPlace::no : InPlace::unreachable;
  }
  return is_of(mapping, status) ? InPlace::yes : InPlace::no;
}

}  // namespace leases
