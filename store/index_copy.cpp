#include "store/index_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <span>

#include "common/hash.h"
#include "common/table.h"
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

/// Reads a section of a table that is at `place` in the file.
void read_section(const IndexFile& file, const std::string& path, std::span<std::byte> copy,
                  std::size_t place, std::size_t size) {
  if (place <= copy.size() && size <= copy.size() - place)
    read_at(file, path, place, copy.subspan(place, size));
}

/// Reads what a table says of its sources. Their texts are next to each other.
void read_sources(const IndexFile& file, const std::string& path, std::span<std::byte> copy,
                  std::size_t place) {
  layout::TableHeader header{};
  if (place > copy.size() || copy.size() - place < sizeof header) return;
  read_section(file, path, copy, place, sizeof header);
  const auto table = Table::open(copy.subspan(place));
  if (!table) return;
  std::memcpy(&header, copy.data() + place, sizeof header);
  read_section(file, path, copy, place + header.sources.offset,
               std::size_t{header.sources.count} * sizeof(layout::SourceRecord));
  std::size_t begin = header.strings.count;
  std::size_t end = 0;
  for (std::uint32_t i = 0; i < table->source_count(); ++i) {
    const layout::SourceRecord source = table->source(i);
    begin = std::min({begin, std::size_t{source.network_offset}, std::size_t{source.path_offset}});
    end = std::max({end, std::size_t{source.network_offset} + source.network_length,
                    std::size_t{source.path_offset} + source.path_length + source.domain_length});
  }
  end = std::min(end, std::size_t{header.strings.count});
  if (begin < end) read_section(file, path, copy, place + header.strings.offset + begin, end - begin);
}

/// Reads what the index says of its sources.
void read_sources(const IndexFile& file, const std::string& path, std::span<std::byte> copy) {
  layout::FileHeader header{};
  read_at(file, path, 0, copy.first(std::min(copy.size(), sizeof header)));
  if (copy.size() < sizeof header) return;
  std::memcpy(&header, copy.data(), sizeof header);
  read_sources(file, path, copy, layout::kSnapshotOffset);
  if (header.overlay_offset > 0 && header.overlay_offset < copy.size())
    read_sources(file, path, copy, static_cast<std::size_t>(header.overlay_offset));
}

bool is_in_place(const IndexFile& file, const Directory& directory) {
  struct stat status {};
  const auto present = directory.status_of(kIndexName);
  return present && ::fstat(file.descriptor.number(), &status) == 0 && is_same_file(status, *present);
}

}  // namespace

std::optional<IndexCopy> IndexCopy::of(const Directory& directory, std::string& problem, Part part) {
  const std::string path = directory.path_of(kIndexName);
  for (;;) {
    const auto file = IndexFile::open(directory, O_RDONLY, problem);
    if (!file) return {};
    const std::size_t size = is_as_long_as_it_says(*file, path) ? file->size : sizeof(layout::FileHeader);
    // Of so much memory, the system gives what is used.
    Bytes bytes(static_cast<std::byte*>(std::calloc(size, 1)));
    if (!bytes) throw std::bad_alloc();
    std::span copy(bytes.get(), size);
    if (part == Part::sources) {
      read_sources(*file, path, copy);
    } else {
      copy = copy.first(read_at(*file, path, 0, copy));
    }
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
