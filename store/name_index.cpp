#include "store/name_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/host_name.h"
#include "store/buckets.h"
#include "store/checked_count.h"

namespace leases {

namespace {

bool same_name(const NameEntry& a, const NameEntry& b) {
  return a.hash == b.hash && equal_folded(a.spelling, b.spelling);
}

/// This host's leases before those of others; a lease's own name before its guest's, the latest change first;
/// without a lease last.
bool comes_before(const NameEntry& a, const NameEntry& b) {
  if (a.hash != b.hash) return a.hash < b.hash;
  if (const int order = compare_folded(a.spelling, b.spelling); order != 0) return order < 0;
  if (a.of_other_host != b.of_other_host) return b.of_other_host;
  if (a.of_guest != b.of_guest) return b.of_guest;
  if (a.changed != b.changed) return a.changed > b.changed;
  return a.lease < b.lease;
}

}  // namespace

void NameIndexBuilder::add(NameEntry entry) {
  const auto label = CanonicalLabel::parse(entry.spelling);
  if (!label) return;
  entry.hash = label->hash();
  entries_.push_back(entry);
}

NameIndex NameIndexBuilder::build(std::span<const layout::LeaseRecord> records) {
  std::ranges::sort(entries_, comes_before);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(entries_.size());
  index_.slots.reserve(entries_.size());
  for (std::size_t begin = 0; begin < entries_.size();) {
    std::size_t end = begin + 1;
    while (end < entries_.size() && same_name(entries_[end], entries_[begin])) ++end;
    if (add_slot(std::span(entries_).subspan(begin, end - begin), records))
      hashes.push_back(entries_[begin].hash);
    begin = end;
  }
  index_.buckets = bucket_starts(hashes);
  return std::move(index_);
}

/// For the entries of one name. Whether it got a slot.
bool NameIndexBuilder::add_slot(std::span<const NameEntry> entries,
                                std::span<const layout::LeaseRecord> records) {
  const bool is_marked = entries.back().lease == NameEntry::kNoLease;
  if (completeness_ == Completeness::marked && !is_marked) return false;
  const auto first_without = std::ranges::find(entries, NameEntry::kNoLease, &NameEntry::lease);
  const auto leases = entries.first(static_cast<std::size_t>(first_without - entries.begin()));
  const NameEntry& named_by = entries.front();
  layout::NameSlot slot{};
  slot.hash = named_by.hash;
  slot.name_offset = named_by.offset;
  slot.name_length = static_cast<std::uint8_t>(named_by.spelling.size());
  named_by.spelling.copy(slot.name_begin, sizeof slot.name_begin);
  slot.lease_count = static_cast<std::uint32_t>(leases.size());
  if (leases.size() == 1) {
    slot.first = leases.front().lease;
    const layout::LeaseRecord& record = records[slot.first];
    slot.family = record.family;
    std::memcpy(slot.address, record.address, sizeof slot.address);
    slot.expiry = record.expiry;
    if (layout::has_full_name(record)) slot.flags |= layout::kFullName;
    if ((record.flags & layout::kReserved) != 0) slot.flags |= layout::kOnlyReserved;
  } else {
    slot.first = checked_count(index_.leases.size());
    for (const NameEntry& entry : leases) index_.leases.push_back(entry.lease);
  }
  index_.slots.push_back(slot);
  return true;
}

}  // namespace leases
