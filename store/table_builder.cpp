#include "store/table_builder.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "common/hash.h"
#include "common/host_name.h"
#include "common/table.h"
#include "store/buckets.h"
#include "store/checked_count.h"
#include "store/name_index.h"
#include "store/string_pool.h"
#include "util/hash_table.h"

namespace leases {

namespace {

using layout::GuestRecord;
using layout::LeaseDetails;
using layout::LeaseRecord;
using layout::Section;
using layout::SourceRecord;

std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class TableBuilder {
 public:
  explicit TableBuilder(const TableInput& contents)
      : contents_(contents),
        names_(contents.overlay ? NameIndexBuilder::Completeness::marked
                                : NameIndexBuilder::Completeness::all) {}

  std::string build() {
    order_sources();
    order_guests();
    order_leases();
    mark_complete_names();
    return assemble(names_.build(records_));
  }

 private:
  void order_sources() {
    std::vector<const IndexedSource*> sorted;
    for (const IndexedSource& source : contents_.sources) sorted.push_back(&source);
    std::sort(sorted.begin(), sorted.end(),
              [](auto* a, auto* b) { return std::tie(a->network, a->path) < std::tie(b->network, b->path); });
    for (const IndexedSource* source : sorted) {
      source_numbers_[source->network].emplace_back(source->path, checked_count(sources_.size()));
      SourceRecord& record = sources_.emplace_back();
      record.network_offset = strings_.add(source->network);
      record.network_length = static_cast<std::uint8_t>(source->network.size());
      record.path_offset = strings_.add(source->path + source->domain);
      record.path_length = static_cast<std::uint16_t>(source->path.size());
      record.domain_length = static_cast<std::uint8_t>(source->domain.size());
      record.kind = static_cast<std::uint8_t>(source->kind);
      if (source->damaged) record.flags |= layout::kSourceDamaged;
      record.content = source->content;
      record.stamp = source->stamp;
    }
  }

  /// Only a damaged index has leases and guests of a source that it does not name.
  [[nodiscard]] std::optional<std::uint32_t> number_of_source(std::string_view network,
                                                              std::string_view path) const {
    const auto of_network = source_numbers_.find(network);
    if (of_network == source_numbers_.end()) return {};
    for (const auto& [its_path, number] : of_network->second) {
      if (its_path == path) return number;
    }
    return {};
  }

  void order_guests() {
    std::vector<GuestInIndex> sorted = contents_.guests;
    std::stable_sort(sorted.begin(), sorted.end(), [](const GuestInIndex& a, const GuestInIndex& b) {
      if (const int order = HardwareAddress::compare(a.hardware, b.hardware); order != 0) return order < 0;
      return std::tie(a.network, a.source) < std::tie(b.network, b.source);
    });
    for (const GuestInIndex& guest : sorted) {
      const auto source = number_of_source(guest.network, guest.source);
      if (!source) continue;
      GuestRecord& record = guests_.emplace_back();
      std::memcpy(record.hardware_bytes, guest.hardware.bytes.data(), sizeof record.hardware_bytes);
      record.hardware_type = guest.hardware.type;
      record.hardware_length = guest.hardware.length;
      record.name_length = static_cast<std::uint8_t>(guest.name.size());
      record.name_offset = strings_.add(guest.name);
      record.source = *source;
    }
  }

  /// A lease on its way into the table; no lease: an address that is gone.
  struct Entry {
    std::uint64_t hash;
    IpAddress address;
    const Lease* lease;
    std::uint32_t source;

    friend bool operator<(const Entry& a, const Entry& b) {
      if (a.hash != b.hash) return a.hash < b.hash;
      if (const int order = IpAddress::compare(a.address, b.address); order != 0) return order < 0;
      if (a.lease == nullptr || b.lease == nullptr) return a.lease < b.lease;
      if (a.lease->changed != b.lease->changed) return a.lease->changed > b.lease->changed;
      return a.source < b.source;
    }
  };

  void order_leases() {
    std::vector<Entry> entries;
    entries.reserve(contents_.leases.size());
    for (const Lease& lease : contents_.leases) {
      if (const auto source = number_of_source(lease.network, lease.source))
        entries.push_back({hash_of(lease.address), lease.address, &lease, *source});
    }
    if (contents_.overlay) {
      for (const IpAddress& address : contents_.overlay->gone)
        entries.push_back({hash_of(address), address, nullptr, 0});
    }
    std::sort(entries.begin(), entries.end());

    checked_count(entries.size());
    records_.reserve(entries.size());
    details_.reserve(entries.size());
    names_.reserve(entries.size());
    std::vector<std::uint64_t> hashes;
    hashes.reserve(entries.size());
    for (const Entry& entry : entries) {
      add_record(entry);
      if (entry.lease != nullptr) add_names(*entry.lease);
      hashes.push_back(entry.hash);
    }
    address_buckets_ = bucket_starts(hashes);
  }

  void add_record(const Entry& entry) {
    LeaseRecord& record = records_.emplace_back();
    LeaseDetails& details = details_.emplace_back();
    std::memcpy(record.address, entry.address.bytes.data(), sizeof record.address);
    record.family = static_cast<std::uint8_t>(entry.address.family);
    if (entry.lease == nullptr) {
      record.flags = layout::kGone;
      return;
    }
    const Lease& lease = *entry.lease;
    record.expiry = lease.expiry.seconds;
    record.source = entry.source;
    record.hostname_offset = strings_.add(lease.hostname);
    record.hostname_length = static_cast<std::uint8_t>(lease.hostname.size());
    lease.hostname.copy(record.hostname_begin, sizeof record.hostname_begin);
    record.domain_offset = strings_.add_shared(lease.domain);
    record.domain_length = static_cast<std::uint8_t>(lease.domain.size());
    if (lease.name_refused) record.flags |= layout::kNameRefused;
    if (lease.short_name) record.flags |= layout::kShortName;
    if (lease.reserved) record.flags |= layout::kReserved;
    if (!lease.host.empty()) record.flags |= layout::kOfOtherHost;
    add_details(lease, record, details);
  }

  void add_details(const Lease& lease, LeaseRecord& record, LeaseDetails& details) {
    details.changed = lease.changed.nanoseconds;
    details.client_id_offset = strings_.add(as_text(lease.client_id));
    details.client_id_length = static_cast<std::uint16_t>(lease.client_id.size());
    details.server_duid_offset = strings_.add_shared(as_text(lease.server_duid));
    details.server_duid_length = static_cast<std::uint16_t>(lease.server_duid.size());
    details.guest_name_offset = strings_.add(lease.guest_name);
    details.guest_name_length = static_cast<std::uint8_t>(lease.guest_name.size());
    if (lease.hardware) {
      record.flags |= layout::kHasHardware;
      details.hardware_type = lease.hardware->type;
      details.hardware_length = lease.hardware->length;
      std::memcpy(details.hardware_bytes, lease.hardware->bytes.data(), sizeof details.hardware_bytes);
    }
    if (lease.iaid) {
      record.flags |= layout::kHasIaid;
      if (lease.iaid->temporary) record.flags |= layout::kTemporary;
      details.iaid = lease.iaid->value;
    }
  }

  void add_names(const Lease& lease) {
    const auto number = static_cast<std::uint32_t>(records_.size() - 1);
    const bool is_others = !lease.host.empty();
    names_.add(
        {lease.accepted_name(), records_[number].hostname_offset, is_others, false, lease.changed, number});
    const std::string_view guest = label_of(lease.guest_name);
    if (!equal_folded(guest, lease.accepted_name()))
      names_.add({guest, details_[number].guest_name_offset, is_others, true, lease.changed, number});
  }

  void mark_complete_names() {
    if (!contents_.overlay) return;
    std::vector<std::string_view> names(contents_.overlay->names.begin(), contents_.overlay->names.end());
    std::sort(names.begin(), names.end());
    for (const std::string_view name : names) {
      if (CanonicalLabel::parse(name))
        names_.add({name, strings_.add(name), true, true, {}, NameEntry::kNoLease});
    }
  }

  std::string assemble(NameIndex names) {
    layout::TableHeader header{};
    bytes_.reserve(sizeof header + size_of(names.buckets) + size_of(names.slots) + size_of(names.leases) +
                   size_of(address_buckets_) + size_of(records_) + size_of(details_) + size_of(sources_) +
                   size_of(guests_) + size_of(strings_.bytes()) + layout::kAlignment);
    bytes_.assign(sizeof header, '\0');
    header.newest_change = contents_.newest_change.nanoseconds;
    header.name_buckets = append(std::exchange(names.buckets, {}));
    header.names = append(std::exchange(names.slots, {}));
    header.name_leases = append(std::exchange(names.leases, {}));
    header.address_buckets = append(std::exchange(address_buckets_, {}));
    header.leases = append(std::exchange(records_, {}));
    header.lease_details = append(std::exchange(details_, {}));
    header.sources = append(sources_);
    header.guests = append(guests_);
    header.strings = append(strings_.bytes());
    align(layout::kAlignment);
    header.size = bytes_.size();
    std::memcpy(bytes_.data(), &header, sizeof header);
    return std::move(bytes_);
  }

  /// With what alignment takes before it.
  template <typename Elements>
  static std::size_t size_of(const Elements& elements) {
    return elements.size() * sizeof(typename Elements::value_type) + alignof(typename Elements::value_type);
  }

  template <typename Elements>
  Section append(const Elements& elements) {
    align(alignof(typename Elements::value_type));
    const Section section{checked_count(bytes_.size()), checked_count(elements.size())};
    const auto content = std::as_bytes(std::span(elements));
    bytes_.append(reinterpret_cast<const char*>(content.data()), content.size());
    return section;
  }

  void align(std::size_t alignment) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
  }

  const TableInput& contents_;
  StringPool strings_;
  NameIndexBuilder names_;
  /// By network: the path and the number of each of its sources.
  HashMap<std::string_view, std::vector<std::pair<std::string_view, std::uint32_t>>> source_numbers_;
  std::vector<SourceRecord> sources_;
  std::vector<GuestRecord> guests_;
  std::vector<LeaseRecord> records_;
  std::vector<LeaseDetails> details_;
  std::vector<std::uint32_t> address_buckets_;
  std::string bytes_;
};

}  // namespace

std::string build_table(const TableInput& contents) {
  return TableBuilder(contents).build();
}

}  // namespace leases
