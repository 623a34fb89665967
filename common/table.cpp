#include "common/table.h"

#include <bit>

#include "common/hash.h"
#include "common/shared_network.h"
#include "common/word.h"

namespace leases {

namespace {

template <typename Element>
bool holds(const layout::Section& section, std::uint64_t table_size) noexcept {
  if (section.offset % alignof(Element) != 0 || section.offset > table_size) return false;
  return section.count <= (table_size - section.offset) / sizeof(Element);
}

bool is_bucket_list(const layout::Section& section, std::uint64_t table_size) noexcept {
  return holds<std::uint32_t>(section, table_size) && section.count >= 2 &&
         std::has_single_bit(section.count - 1);
}

/// Binary search in sorted positions. `order(position)` is negative if the element sought comes before the
/// position, positive if it comes after, 0 if it is there. Returns the one position where it is 0, or the
/// empty range at the first position where it is negative.
template <typename Order>
Table::Range search(Table::Range range, const Order& order) noexcept {
  while (range.count > 0) {
    const std::uint32_t half = range.count / 2;
    const int side = order(range.first + half);
    if (side > 0) {
      range = {range.first + half + 1, range.count - half - 1};
    } else if (side < 0) {
      range.count = half;
    } else {
      return {range.first + half, 1};
    }
  }
  return range;
}

}  // namespace

std::uint64_t hash_of(const IpAddress& address) noexcept {
  const std::uint8_t* bytes = address.bytes.data();
  Hash hash(address.size());
  if (address.family == Family::v4) return hash.finish(load<std::uint32_t>(bytes));
  hash.add(load<std::uint64_t>(bytes));
  hash.add(load<std::uint64_t>(bytes + 8));
  return hash.finish(0);
}

std::optional<Table> Table::open(std::span<const std::byte> bytes) noexcept {
  layout::TableHeader header;
  if (bytes.size() < sizeof header) return {};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.size < sizeof header || header.size > bytes.size() || header.size % layout::kAlignment != 0)
    return {};
  if (!is_bucket_list(header.name_buckets, header.size) ||
      !is_bucket_list(header.address_buckets, header.size) ||
      !holds<layout::NameSlot>(header.names, header.size) ||
      !holds<std::uint32_t>(header.name_leases, header.size) ||
      !holds<layout::LeaseRecord>(header.leases, header.size) ||
      !holds<layout::LeaseDetails>(header.lease_details, header.size) ||
      header.lease_details.count != header.leases.count ||
      !holds<layout::SourceRecord>(header.sources, header.size) ||
      !holds<layout::GuestRecord>(header.guests, header.size) || !holds<char>(header.strings, header.size)) {
    return {};
  }

  Table table;
  table.base_ = bytes.data();
  table.size_ = header.size;
  table.newest_change_ = {header.newest_change};
  table.name_buckets_ = header.name_buckets;
  table.names_ = header.names;
  table.name_leases_ = header.name_leases;
  table.address_buckets_ = header.address_buckets;
  table.leases_ = header.leases;
  table.lease_details_ = header.lease_details;
  table.sources_ = header.sources;
  table.guests_ = header.guests;
  table.strings_ = header.strings;
  return table;
}

Table::Range Table::bucket(const layout::Section& buckets, std::uint64_t hash,
                           std::uint32_t limit) const noexcept {
  if (buckets.count < 2) return {};
  const std::uint32_t number = layout::bucket_of(hash, buckets.count);
  const auto begin = element<std::uint32_t>(buckets, number);
  const auto end = element<std::uint32_t>(buckets, number + 1);
  if (begin > end || end > limit) return {};
  return {begin, end - begin};
}

int Table::compare(const CanonicalLabel& label, std::uint32_t position) const noexcept {
  const auto slot = element<layout::NameSlot>(names_, position);
  if (label.hash() != slot.hash) return label.hash() < slot.hash ? -1 : 1;
  // Most names are short, and spelled the way they are asked for.
  static_assert(CanonicalLabel::kBeginSize == sizeof slot.name_begin);
  if (slot.name_length == label.view().size() && slot.name_length <= sizeof slot.name_begin &&
      std::memcmp(slot.name_begin, label.begin_bytes(), sizeof slot.name_begin) == 0)
    return 0;
  return compare_folded(label.view(), name_of(slot));
}

std::optional<std::uint32_t> Table::find(const CanonicalLabel& label) const noexcept {
  const Range found = search(bucket(name_buckets_, label.hash(), names_.count),
                             [&](std::uint32_t position) { return compare(label, position); });
  if (found.count == 0) return {};
  return found.first;
}

void Table::prefetch(const CanonicalLabel& label, Step step) const noexcept {
  if (names_.count == 0 || name_buckets_.count < 2) return;
  if (step == Step::bucket) {
    const std::size_t number = layout::bucket_of(label.hash(), name_buckets_.count);
    __builtin_prefetch(base_ + name_buckets_.offset + number * sizeof(std::uint32_t));
    return;
  }
  const Range range = bucket(name_buckets_, label.hash(), names_.count);
  if (range.count == 0) return;
  const std::size_t position = range.first + range.count / 2;
  __builtin_prefetch(base_ + names_.offset + position * sizeof(layout::NameSlot));
}

int Table::compare(const IpAddress& address, std::uint64_t hash, std::uint32_t position) const noexcept {
  const IpAddress other = address_of(element<layout::LeaseRecord>(leases_, position));
  if (address == other) return 0;
  const std::uint64_t other_hash = hash_of(other);
  if (hash != other_hash) return hash < other_hash ? -1 : 1;
  return IpAddress::compare(address, other);
}

Table::Range Table::find(const IpAddress& address) const noexcept {
  const std::uint64_t hash = hash_of(address);
  const Range whole = bucket(address_buckets_, hash, leases_.count);
  const std::uint32_t end = whole.first + whole.count;
  Range range =
      search(whole, [&](std::uint32_t position) { return compare(address, hash, position) > 0 ? 1 : -1; });
  while (range.first + range.count < end && compare(address, hash, range.first + range.count) == 0)
    ++range.count;
  return range;
}

std::uint32_t Table::first_after(const IpAddress& address) const noexcept {
  const Range records = find(address);
  return records.first + records.count;
}

std::string_view Table::guest_name(const HardwareAddress& hardware, std::string_view network) const noexcept {
  const Range rest = search({0, guests_.count}, [&](std::uint32_t position) {
    return HardwareAddress::compare(hardware, hardware_of(guest(position))) > 0 ? 1 : -1;
  });
  std::string_view for_all_networks;
  for (std::uint32_t i = rest.first; i < guests_.count; ++i) {
    const layout::GuestRecord record = guest(i);
    if (hardware_of(record) != hardware) break;
    const std::string_view name = text(record.name_offset, record.name_length);
    const std::string_view map_network = network_of(record.source);
    if (map_network == network) return name;
    if (map_network.empty() && for_all_networks.empty()) for_all_networks = name;
  }
  return for_all_networks;
}

layout::LeaseRecord Table::record(std::uint32_t position) const noexcept {
  if (position < leases_.count) return element<layout::LeaseRecord>(leases_, position);
  layout::LeaseRecord none{};
  none.flags = layout::kGone;
  return none;
}

layout::LeaseDetails Table::details(std::uint32_t position) const noexcept {
  if (position < lease_details_.count) return element<layout::LeaseDetails>(lease_details_, position);
  return {};
}

std::uint32_t Table::position_of(const layout::NameSlot& slot, std::uint32_t n) const noexcept {
  if (slot.lease_count == 1) return slot.first;
  if (slot.first > name_leases_.count || n >= name_leases_.count - slot.first) return leases_.count;
  return element<std::uint32_t>(name_leases_, slot.first + n);
}

layout::NameSlot Table::name(std::uint32_t position) const noexcept {
  if (position >= names_.count) return {};
  auto slot = element<layout::NameSlot>(names_, position);
  if (slot.lease_count > 1 &&
      (slot.first > name_leases_.count || slot.lease_count > name_leases_.count - slot.first)) {
    slot.lease_count = 0;
  }
  return slot;
}

layout::SourceRecord Table::source(std::uint32_t position) const noexcept {
  if (position < sources_.count) return element<layout::SourceRecord>(sources_, position);
  return {};
}

layout::GuestRecord Table::guest(std::uint32_t position) const noexcept {
  if (position < guests_.count) return element<layout::GuestRecord>(guests_, position);
  return {};
}

std::string_view Table::text(std::uint32_t offset, std::uint32_t length) const noexcept {
  if (offset > strings_.count || length > strings_.count - offset) return {};
  return {reinterpret_cast<const char*>(base_ + strings_.offset + offset), length};
}

std::string_view Table::network_of(std::uint32_t position) const noexcept {
  const layout::SourceRecord record = source(position);
  return text(record.network_offset, record.network_length);
}

std::string_view Table::path_of(std::uint32_t position) const noexcept {
  const layout::SourceRecord record = source(position);
  return text(record.path_offset, record.path_length);
}

std::string_view Table::domain_of_source(std::uint32_t position) const noexcept {
  const layout::SourceRecord record = source(position);
  const std::uint32_t offset = record.path_offset + record.path_length;
  return offset < record.path_offset ? std::string_view() : text(offset, record.domain_length);
}

std::string_view Table::guest_name_of(std::uint32_t position) const noexcept {
  const layout::LeaseDetails its = details(position);
  return text(its.guest_name_offset, its.guest_name_length);
}

Lease Table::lease(std::uint32_t position) const noexcept {
  Lease lease;
  if (position >= leases_.count) return lease;
  const auto record = element<layout::LeaseRecord>(leases_, position);
  const auto details = element<layout::LeaseDetails>(lease_details_, position);
  const auto bytes = [this](std::uint32_t offset, std::uint32_t length) {
    const std::string_view raw = text(offset, length);
    return std::span{reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()};
  };
  lease.network = network_of(record.source);
  lease.source = path_of(record.source);
  if ((record.flags & layout::kOfOtherHost) != 0) lease.host = SharedNetwork::parse(lease.network).host;
  lease.address = address_of(record);
  if ((record.flags & layout::kHasHardware) != 0 &&
      details.hardware_length <= sizeof details.hardware_bytes) {
    lease.hardware = hardware_of(details);
  }
  lease.hostname = text(record.hostname_offset, record.hostname_length);
  lease.name_refused = (record.flags & layout::kNameRefused) != 0;
  lease.short_name = (record.flags & layout::kShortName) != 0;
  lease.reserved = (record.flags & layout::kReserved) != 0;
  lease.domain = text(record.domain_offset, record.domain_length);
  lease.guest_name = guest_name_of(position);
  lease.client_id = bytes(details.client_id_offset, details.client_id_length);
  lease.server_duid = bytes(details.server_duid_offset, details.server_duid_length);
  if ((record.flags & layout::kHasIaid) != 0) {
    lease.iaid = Iaid{details.iaid, (record.flags & layout::kTemporary) != 0};
  }
  lease.expiry = {record.expiry};
  lease.changed = {details.changed};
  return lease;
}

}  // namespace leases
