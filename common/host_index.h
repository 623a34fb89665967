#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/address.h"
#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/table.h"

namespace leases {

/// Why a file is not used as an index.
enum class IndexFault : std::uint8_t {
  none,
  too_short,
  foreign,  ///< not an index
  other_version,
  other_byte_order,
  damaged,  ///< the header contradicts itself or the size of the file
  emptied,  ///< another file has taken its place, and its contents are gone
};

/// The end of a sentence that begins with the file's name: "is shorter than an index's header"
const char* describe(IndexFault fault) noexcept;

/// hosts.idx in memory. Opening costs the same for any size. The memory is shared with a writer, which may
/// publish an overlay or supersede the file at any moment. An image is a few pointers and can be copied; the
/// memory must outlive it.
class IndexImage {
 public:
  /// Opens a whole file, mapped at a page boundary. On a fault `index` does not change.
  static IndexFault open(std::span<const std::byte> file, IndexImage& index) noexcept;

  /// Whether another file has taken this one's place.
  [[nodiscard]] bool superseded() const noexcept;
  /// Whether its contents are gone, or going. Asked after a lookup: if so, the lookup may have met zeros, and
  /// its result counts for nothing.
  [[nodiscard]] bool emptied() const noexcept;
  /// From the start of the file; 0: none. Loaded with acquire order: a reader that sees a new offset sees the
  /// whole overlay.
  [[nodiscard]] std::uint64_t overlay_offset() const noexcept;
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] std::span<const std::byte> file() const { return file_; }
  [[nodiscard]] const Table& snapshot() const { return snapshot_; }

 private:
  std::span<const std::byte> file_;
  std::uint64_t generation_ = 0;
  Table snapshot_;
};

/// The index at one moment: the snapshot plus the overlay. For any name or address in the overlay, the
/// overlay alone is the answer.
class IndexView {
 public:
  /// No leases.
  IndexView() = default;

  /// Nothing if the overlay is damaged: the snapshot alone could give answers that are out of date.
  static std::optional<IndexView> of(const IndexImage& index) noexcept;

  struct Name {
    const Table* table;
    std::uint32_t position;
  };
  struct Records {
    const Table* table;
    Table::Range range;
  };

  /// The slot of a name; nothing if there is none. A slot without leases: no lease has the name any more.
  [[nodiscard]] std::optional<Name> find(const CanonicalLabel& label) const noexcept;
  /// The leases of an address in all networks, the latest change first.
  [[nodiscard]] Records find(const IpAddress& address) const noexcept;
  /// The records of the address after `previous` in the order of the index, of the first address if
  /// `previous` is nothing; none after the last. An address that is leased all the while is met exactly once,
  /// whatever else changes between the calls.
  [[nodiscard]] Records next(const std::optional<IpAddress>& previous) const noexcept;

  [[nodiscard]] const Table& snapshot() const { return snapshot_; }
  [[nodiscard]] const Table& overlay() const { return overlay_; }
  /// The overlay's is never older than the snapshot's.
  [[nodiscard]] ChangeTime newest_change() const {
    return overlay_.size() > 0 ? overlay_.newest_change() : snapshot_.newest_change();
  }

  /// Calls visit(const Table&, std::uint32_t position) for every lease and reservation, in no particular
  /// order.
  template <typename Visit>
  void for_each_position(Visit&& visit) const {
    visit_present(
        overlay_, [](const IpAddress&) { return false; }, visit);
    visit_present(
        snapshot_, [this](const IpAddress& address) { return overlay_.find(address).count > 0; }, visit);
  }
  /// The same with visit(const Lease&).
  template <typename Visit>
  void for_each_lease(Visit&& visit) const {
    for_each_position([&](const Table& table, std::uint32_t position) { visit(table.lease(position)); });
  }

 private:
  template <typename Hidden, typename Visit>
  static void visit_present(const Table& table, const Hidden& hidden, Visit& visit) {
    for (std::uint32_t i = 0; i < table.lease_count(); ++i) {
      const layout::LeaseRecord record = table.record(i);
      if ((record.flags & layout::kGone) == 0 && !hidden(Table::address_of(record))) visit(table, i);
    }
  }

  Table snapshot_;
  Table overlay_;
};

}  // namespace leases
