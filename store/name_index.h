#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/index_layout.h"
#include "common/time.h"

namespace leases {

/// The sections of a table by which leases are found by name (schema/index-layout.md).
struct NameIndex {
  std::vector<std::uint32_t> buckets;
  std::vector<layout::NameSlot> slots;
  std::vector<std::uint32_t> leases;
};

/// A name of one lease, or a name for which an overlay is complete.
struct NameEntry {
  /// The number of a lease, for a name that is complete in an overlay.
  static constexpr std::uint32_t kNoLease = ~std::uint32_t{0};

  std::string_view spelling;
  std::uint32_t offset;   ///< of the spelling in the strings
  bool of_other_host;     ///< another host shares the lease
  bool of_guest;          ///< the name of the lease's guest, and not its own
  ChangeTime changed;     ///< the lease
  std::uint32_t lease;    ///< its number in the table, or kNoLease
  std::uint64_t hash{0};  ///< set by NameIndexBuilder
};

/// Makes the name index of a table.
class NameIndexBuilder {
 public:
  enum class Completeness : bool {
    all,     ///< a snapshot has every name
    marked,  ///< an overlay has only names with an entry without a lease
  };

  explicit NameIndexBuilder(Completeness completeness) : completeness_(completeness) {}

  void reserve(std::size_t entries) { entries_.reserve(entries); }
  /// Leaves out what is not a host name. The spelling must outlive this object.
  void add(NameEntry entry);

  /// To be called once. `records` are the table's leases. Throws Error if there are more than it can hold.
  NameIndex build(std::span<const layout::LeaseRecord> records);

 private:
  bool add_slot(std::span<const NameEntry> entries, std::span<const layout::LeaseRecord> records);

  Completeness completeness_;
  std::vector<NameEntry> entries_;
  NameIndex index_;
};

}  // namespace leases
