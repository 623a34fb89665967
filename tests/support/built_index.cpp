#include "tests/support/built_index.h"

#include <cstring>
#include <stdexcept>

#include "common/hash.h"

namespace leases::test {

LeaseChange change_of(const IndexedSource& network, const IpAddress& address,
                      const std::optional<Lease>& before, const std::optional<Lease>& after) {
  return {network, address, before, after};
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

BuiltIndex::BuiltIndex(const std::string& snapshot, std::size_t room, std::uint64_t generation)
    : end_(layout::kSnapshotOffset + snapshot.size()) {
  layout::FileHeader header{};
  std::memcpy(header.magic, layout::kMagic, sizeof header.magic);
  header.version = layout::kVersion;
  header.byte_order = layout::kByteOrder;
  header.file_size = end_ + room;
  header.generation = generation;
  header.snapshot_size = snapshot.size();
  bytes_.assign(reinterpret_cast<const char*>(&header), sizeof header);
  bytes_ += snapshot;
  bytes_.resize(header.file_size);
  seal();
}

void BuiltIndex::seal() {
  set(offsetof(layout::FileHeader, checksum), Hash::of(bytes_.data(), layout::kChecksummedBytes));
}

bool BuiltIndex::publish(const std::string& overlay) {
  if (overlay.size() > bytes_.size() - end_) return false;
  bytes_.replace(end_, overlay.size(), overlay);
  set(offsetof(layout::FileHeader, overlay_offset), std::uint64_t{end_});
  end_ += overlay.size();
  return true;
}

IndexView BuiltIndex::view() const {
  IndexImage index;
  if (const IndexFault fault = open(index); fault != IndexFault::none)
    throw std::runtime_error(describe(fault));
  return IndexView::of(index).value();
}

std::optional<layout::NameSlot> slot_of(const Table& table, std::string_view name) {
  const auto position = table.find(CanonicalLabel::parse(name).value());
  if (!position) return {};
  return table.name(*position);
}

std::vector<Lease> leases_of(const IndexView& view, std::string_view name) {
  std::vector<Lease> found;
  if (const auto entry = view.find(CanonicalLabel::parse(name).value())) {
    const layout::NameSlot slot = entry->table->name(entry->position);
    for (std::uint32_t n = 0; n < slot.lease_count; ++n) {
      found.push_back(entry->table->lease(entry->table->position_of(slot, n)));
    }
  }
  return found;
}

namespace {

void append(std::vector<Lease>& found, const IndexView::Records& records) {
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    found.push_back(records.table->lease(records.range.first + n));
  }
}

}  // namespace

std::vector<Lease> leases_of(const IndexView& view, const IpAddress& address) {
  std::vector<Lease> found;
  append(found, view.find(address));
  return found;
}

std::vector<Lease> enumerated(const IndexView& view) {
  std::vector<Lease> found;
  std::optional<IpAddress> previous;
  for (;;) {
    const IndexView::Records records = view.next(previous);
    if (records.range.count == 0) return found;
    append(found, records);
    previous = found.back().address;
  }
}

}  // namespace leases::test
