#include "store/writable_index.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/hash.h"
#include "util/mapped_file.h"
#include "util/new_file.h"

namespace leases {

namespace {

namespace ipc = boost::interprocess;

/// Room for overlays, which limits what can change before the whole index is written again. It is
/// proportional to the snapshot, so that each event's share of that is small, and enough for some dozens of
/// events.
std::size_t overlay_room(std::size_t snapshot_size) {
  constexpr std::size_t kLeast = 0x10000;
  return std::max(kLeast, snapshot_size / 2) / layout::kAlignment * layout::kAlignment;
}

template <typename Word>
Word* word_at(const ipc::mapped_region& region, std::size_t offset) {
  return reinterpret_cast<Word*>(static_cast<char*>(region.get_address()) + offset);
}

}  // namespace

std::optional<WritableIndex> WritableIndex::open(const Directory& directory, std::string& problem) {
  auto file = IndexFile::open(directory, O_RDWR, problem);
  if (!file) return {};
  const std::string path = directory.path_of(kIndexName);
  ipc::mapped_region region = map_file(file->descriptor, path, file->size);
  IndexImage index;
  IndexFault fault =
      IndexImage::open({static_cast<const std::byte*>(region.get_address()), file->size}, index);
  if (fault == IndexFault::none && !IndexView::of(index)) fault = IndexFault::damaged;
  if (fault == IndexFault::none) return WritableIndex(std::move(file->descriptor), std::move(region), index);
  problem = path + ' ' + describe(fault);
  return {};
}

std::string WritableIndex::identity() const {
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0) throw errno_error(kIndexName, "cannot be examined", errno);
  return std::to_string(status.st_dev) + ' ' + std::to_string(status.st_ino) + ' ' +
         std::to_string(status.st_size) + ' ' + std::to_string(index_.generation()) + ' ' +
         std::to_string(index_.snapshot().newest_change().nanoseconds);
}

bool WritableIndex::publish(std::string_view overlay) {
  if (index_.superseded()) return false;
  std::uint64_t end = layout::kSnapshotOffset + index_.snapshot().size();
  if (const std::uint64_t offset = index_.overlay_offset(); offset != 0) {
    end = offset + IndexView::of(index_)->overlay().size();
  }
  if (overlay.size() > index_.file().size() - end) return false;
  std::memcpy(word_at<char>(region_, static_cast<std::size_t>(end)), overlay.data(), overlay.size());
  __atomic_store_n(word_at<std::uint64_t>(region_, offsetof(layout::FileHeader, overlay_offset)), end,
                   __ATOMIC_RELEASE);
  return true;
}

void WritableIndex::mark(layout::Superseded superseded) {
  __atomic_store_n(word_at<std::uint32_t>(region_, offsetof(layout::FileHeader, superseded)),
                   static_cast<std::uint32_t>(superseded), __ATOMIC_SEQ_CST);
}

void WritableIndex::give_back_pages() {
  // Marked first: a reader that meets zeros sees the mark afterwards. The mark itself is in the page that
  // stays.
  mark(layout::kEmptied);
  const auto page = static_cast<off_t>(ipc::mapped_region::get_page_size());
  const auto size = static_cast<off_t>(region_.get_size());
  // Whole pages, the last one too. Where a file system cannot do that, they stay until the last process has
  // let go.
  const off_t rest = (size - 1) / page * page;
  if (rest > 0)
    static_cast<void>(::fallocate(file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, page, rest));
}

void WritableIndex::replace(const Directory& directory, std::string_view snapshot,
                            std::optional<WritableIndex>& old) {
  layout::FileHeader header{};
  std::memcpy(header.magic, layout::kMagic, sizeof header.magic);
  header.version = layout::kVersion;
  header.byte_order = layout::kByteOrder;
  header.snapshot_size = snapshot.size();
  const std::size_t room = overlay_room(snapshot.size());
  header.file_size = layout::kSnapshotOffset + snapshot.size() + room;
  header.generation = old ? old->index_.generation() + 1 : 1;
  header.checksum = Hash::of(&header, layout::kChecksummedBytes);

  NewFile file(directory, kIndexName);
  file.write(std::array{std::string_view(reinterpret_cast<const char*>(&header), sizeof header), snapshot});
  file.reserve(room);
  // Marked first: readers use a marked file only for as long as it is in its place. So if this process is
  // killed in between, no reader keeps an old state without knowing it.
  if (old) old->mark(layout::kReplaced);
  try {
    file.put_in_place();
  } catch (const Error&) {
    if (old && !file.is_in_place()) old->mark(layout::kPresent);
    throw;
  }
  if (old) old->give_back_pages();
}

}  // namespace leases
