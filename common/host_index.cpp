#include "common/host_index.h"

#include <cstring>

#include "common/hash.h"

namespace leases {

const char* describe(IndexFault fault) noexcept {
  switch (fault) {
    case IndexFault::none:
      return "is sound";
    case IndexFault::too_short:
      return "is shorter than an index's header";
    case IndexFault::foreign:
      return "is not an index of nss-leases";
    case IndexFault::other_version:
      return "was written by another version of nss-leases";
    case IndexFault::other_byte_order:
      return "was written on a machine with another byte order";
    case IndexFault::damaged:
      return "is damaged";
    case IndexFault::emptied:
      return "is what is left of a file that was replaced";
  }
  return "is damaged";
}

IndexFault IndexImage::open(std::span<const std::byte> file, IndexImage& index) noexcept {
  layout::FileHeader header;
  if (file.size() < sizeof header) return IndexFault::too_short;
  std::memcpy(&header, file.data(), sizeof header);
  if (std::memcmp(header.magic, layout::kMagic, sizeof header.magic) != 0) return IndexFault::foreign;
  if (header.byte_order != layout::kByteOrder) return IndexFault::other_byte_order;
  if (header.version != layout::kVersion) return IndexFault::other_version;
  if (header.checksum != Hash::of(&header, layout::kChecksummedBytes)) return IndexFault::damaged;
  if (header.file_size != file.size() || header.snapshot_size > file.size() - layout::kSnapshotOffset) {
    return IndexFault::damaged;
  }
  if (header.superseded == layout::kEmptied) return IndexFault::emptied;
  const auto snapshot_size = static_cast<std::size_t>(header.snapshot_size);
  const auto snapshot = Table::open(file.subspan(layout::kSnapshotOffset, snapshot_size));
  if (!snapshot) return IndexFault::damaged;
  index.file_ = file;
  index.generation_ = header.generation;
  index.snapshot_ = *snapshot;
  return IndexFault::none;
}

namespace {

std::uint32_t superseded_word(std::span<const std::byte> file) noexcept {
  const auto* word =
      reinterpret_cast<const std::uint32_t*>(file.data() + offsetof(layout::FileHeader, superseded));
  return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

}  // namespace

bool IndexImage::superseded() const noexcept {
  return superseded_word(file_) != layout::kPresent;
}

bool IndexImage::emptied() const noexcept {
  // The word must not be loaded before what the lookup has loaded so far. (ThreadSanitizer knows no fences.)
#ifndef __SANITIZE_THREAD__
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
  return superseded_word(file_) == layout::kEmptied;
}

std::uint64_t IndexImage::overlay_offset() const noexcept {
  const auto* word =
      reinterpret_cast<const std::uint64_t*>(file_.data() + offsetof(layout::FileHeader, overlay_offset));
  return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

std::optional<IndexView> IndexView::of(const IndexImage& index) noexcept {
  // Made in place, here and elsewhere in a lookup: copies would take a good part of the time of a short one.
  std::optional<IndexView> view(std::in_place);
  view->snapshot_ = index.snapshot();
  const std::uint64_t offset = index.overlay_offset();
  if (offset == 0) return view;
  const std::uint64_t end_of_snapshot = layout::kSnapshotOffset + index.snapshot().size();
  std::optional<Table> overlay;
  if (offset % layout::kAlignment == 0 && offset >= end_of_snapshot && offset <= index.file().size())
    overlay = Table::open(index.file().subspan(static_cast<std::size_t>(offset)));
  if (overlay) {
    view->overlay_ = *overlay;
  } else {
    view.reset();
  }
  return view;
}

std::optional<IndexView::Name> IndexView::find(const CanonicalLabel& label) const noexcept {
  for (const Table* table : {&overlay_, &snapshot_}) {
    if (const auto position = table->find(label)) return Name{table, *position};
  }
  return {};
}

IndexView::Records IndexView::find(const IpAddress& address) const noexcept {
  const Table::Range changed = overlay_.find(address);
  if (changed.count == 0) return {&snapshot_, snapshot_.find(address)};
  if ((overlay_.record(changed.first).flags & layout::kGone) != 0) return {&overlay_, {changed.first, 0}};
  return {&overlay_, changed};
}

namespace {

bool precedes(const IpAddress& a, const IpAddress& b) noexcept {
  const std::uint64_t hash_a = hash_of(a);
  const std::uint64_t hash_b = hash_of(b);
  return hash_a != hash_b ? hash_a < hash_b : a < b;
}

}  // namespace

IndexView::Records IndexView::next(const std::optional<IpAddress>& previous) const noexcept {
  std::optional<IpAddress> cursor = previous;
  for (;;) {
    std::optional<IpAddress> nearest;
    for (const Table* table : {&overlay_, &snapshot_}) {
      const std::uint32_t position = cursor ? table->first_after(*cursor) : 0;
      if (position >= table->lease_count()) continue;
      const IpAddress address = Table::address_of(table->record(position));
      // In a damaged table the order may be wrong; with a step back there would be no end.
      if (cursor && !precedes(*cursor, address)) continue;
      if (!nearest || precedes(address, *nearest)) nearest = address;
    }
    if (!nearest) return {&snapshot_, {}};
    const Records records = find(*nearest);
    if (records.range.count > 0) return records;
    cursor = nearest;
  }
}

}  // namespace leases
