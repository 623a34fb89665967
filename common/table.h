#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "common/address.h"
#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/lease.h"

namespace leases {

/// The hash that selects an address's bucket.
std::uint64_t hash_of(const IpAddress& address) noexcept;

/// One table of the index in memory that this class does not trust: it checks every offset and count against
/// the table's size, by subtraction, on a copy. Damaged contents give missing or odd answers, never a read
/// out of bounds. A table is a few pointers and can be copied; the memory must outlive it.
class Table {
 public:
  /// An empty table.
  Table() = default;

  /// Opens the table at the beginning of `bytes`, for speed at a multiple of layout::kAlignment. Reads the
  /// header only. Nothing if the header contradicts itself or the size of `bytes`.
  static std::optional<Table> open(std::span<const std::byte> bytes) noexcept;

  /// Positions of a section, from `first` up to, but not including, first + count.
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  /// The position of a name's slot; nothing if the name is not in this table.
  [[nodiscard]] std::optional<std::uint32_t> find(const CanonicalLabel& label) const noexcept;
  /// The records of an address, the latest change first. In an overlay a single record may say that it is
  /// gone. An empty range is at the place where they would be.
  [[nodiscard]] Range find(const IpAddress& address) const noexcept;
  /// The name of a machine in the MAC maps: in a map for the network, else in one for all networks; or empty.
  [[nodiscard]] std::string_view guest_name(const HardwareAddress& hardware,
                                            std::string_view network) const noexcept;
  /// The first record after those of an address, in the order of (hash, address), or after their place if
  /// there are none; lease_count() at the end, any position in a damaged table. To visit all records while
  /// the index changes.
  [[nodiscard]] std::uint32_t first_after(const IpAddress& address) const noexcept;

  /// What find() reads for a name, each step depending on the one before: its bucket, then the slot in the
  /// middle of the bucket.
  enum class Step : std::uint8_t { bucket, slot };
  /// Makes the processor fetch what a step reads, without waiting for it. In a large table every step is a
  /// cache miss; a caller with many names to find can have all of them fetched at once.
  void prefetch(const CanonicalLabel& label, Step step) const noexcept;

  [[nodiscard]] std::uint32_t lease_count() const { return leases_.count; }
  [[nodiscard]] std::uint32_t name_count() const { return names_.count; }
  [[nodiscard]] std::uint32_t source_count() const { return sources_.count; }
  [[nodiscard]] std::uint32_t guest_count() const { return guests_.count; }
  [[nodiscard]] ChangeTime newest_change() const { return newest_change_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The record at a position below lease_count(); from there on, one that is gone.
  [[nodiscard]] layout::LeaseRecord record(std::uint32_t position) const noexcept;
  /// The details of the lease at a position below lease_count(); from there on, nothing but zeros.
  [[nodiscard]] layout::LeaseDetails details(std::uint32_t position) const noexcept;
  /// The lease at a position below lease_count().
  [[nodiscard]] Lease lease(std::uint32_t position) const noexcept;
  /// The position of the nth lease of a name, n below its lease_count. In a damaged table it may be too
  /// great.
  [[nodiscard]] std::uint32_t position_of(const layout::NameSlot& slot, std::uint32_t n) const noexcept;
  /// The slot at a position below name_count(); without leases if its list is not wholly inside name_leases.
  [[nodiscard]] layout::NameSlot name(std::uint32_t position) const noexcept;
  [[nodiscard]] layout::SourceRecord source(std::uint32_t position) const noexcept;
  /// The domain that a source's leases have if its file gives them none; or empty.
  [[nodiscard]] std::string_view domain_of_source(std::uint32_t position) const noexcept;
  [[nodiscard]] layout::GuestRecord guest(std::uint32_t position) const noexcept;

  /// Part of the strings section; empty if it is not wholly inside.
  [[nodiscard]] std::string_view text(std::uint32_t offset, std::uint32_t length) const noexcept;
  /// The network's name and the file's path of a source.
  [[nodiscard]] std::string_view network_of(std::uint32_t position) const noexcept;
  [[nodiscard]] std::string_view path_of(std::uint32_t position) const noexcept;
  /// The name of a slot, or the host name of a record. It may point into the slot or record.
  [[nodiscard]] std::string_view name_of(const layout::NameSlot& slot) const noexcept {
    if (slot.name_length <= sizeof slot.name_begin) return {slot.name_begin, slot.name_length};
    return text(slot.name_offset, slot.name_length);
  }
  [[nodiscard]] std::string_view name_of(const layout::LeaseRecord& record) const noexcept {
    if (record.hostname_length <= sizeof record.hostname_begin)
      return {record.hostname_begin, record.hostname_length};
    return text(record.hostname_offset, record.hostname_length);
  }

  /// The guest's name of the lease at a position; or empty.
  [[nodiscard]] std::string_view guest_name_of(std::uint32_t position) const noexcept;

  /// The address of a record, or of a slot with one lease.
  template <typename Element>
  static IpAddress address_of(const Element& element) noexcept {
    IpAddress address;
    address.family = element.family == 6 ? Family::v6 : Family::v4;
    std::memcpy(address.bytes.data(), element.address, sizeof element.address);
    return address;
  }

  /// The hardware address of a lease's details, or of a guest.
  template <typename Element>
  static HardwareAddress hardware_of(const Element& element) noexcept {
    HardwareAddress hardware{element.hardware_type, element.hardware_length, {}};
    std::memcpy(hardware.bytes.data(), element.hardware_bytes, sizeof element.hardware_bytes);
    if (hardware.length > hardware.bytes.size()) hardware.length = 0;  // only in a damaged index
    return hardware;
  }

 private:
  template <typename T>
  [[nodiscard]] T element(const layout::Section& section, std::uint32_t position) const noexcept {
    T copy;
    // An empty table has no base, but no positions either, which the analyzer cannot see.
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker)
    std::memcpy(&copy, base_ + section.offset + std::size_t{position} * sizeof(T), sizeof(T));
    return copy;
  }
  [[nodiscard]] Range bucket(const layout::Section& buckets, std::uint64_t hash,
                             std::uint32_t limit) const noexcept;
  [[nodiscard]] int compare(const CanonicalLabel& label, std::uint32_t position) const noexcept;
  [[nodiscard]] int compare(const IpAddress& address, std::uint64_t hash,
                            std::uint32_t position) const noexcept;

  const std::byte* base_ = nullptr;
  std::uint64_t size_ = 0;
  ChangeTime newest_change_;
  layout::Section name_buckets_{};
  layout::Section names_{};
  layout::Section name_leases_{};
  layout::Section address_buckets_{};
  layout::Section leases_{};
  layout::Section lease_details_{};
  layout::Section sources_{};
  layout::Section guests_{};
  layout::Section strings_{};
};

}  // namespace leases
