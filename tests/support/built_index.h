#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/host_index.h"
#include "common/lease.h"
#include "store/overlay.h"
#include "store/table_builder.h"

namespace leases::test {

LeaseChange change_of(const IndexedSource& network, const IpAddress& address,
                      const std::optional<Lease>& before, const std::optional<Lease>& after);

std::span<const std::byte> bytes_of(const std::string& text);

/// The bytes of hosts.idx in memory: like WritableIndex without a file.
class BuiltIndex {
 public:
  explicit BuiltIndex(const std::string& snapshot, std::size_t room = 1 << 20, std::uint64_t generation = 1);

  /// Appends an overlay. False if there is no room.
  bool publish(const std::string& overlay);
  [[nodiscard]] IndexFault open(IndexImage& index) const { return IndexImage::open(bytes_of(bytes_), index); }
  /// The view of an index that is sound; otherwise throws std::runtime_error.
  [[nodiscard]] IndexView view() const;

  /// To damage the index.
  [[nodiscard]] std::string& bytes() { return bytes_; }
  template <typename T>
  void set(std::size_t offset, T value) {
    bytes_.replace(offset, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// Corrects the header's checksum.
  void seal();

 private:
  std::string bytes_;
  std::size_t end_;
};

/// The slot of a name in one table.
std::optional<layout::NameSlot> slot_of(const Table& table, std::string_view name);

/// The leases of a name or an address, and all of them in the order of an enumeration.
std::vector<Lease> leases_of(const IndexView& view, std::string_view name);
std::vector<Lease> leases_of(const IndexView& view, const IpAddress& address);
std::vector<Lease> enumerated(const IndexView& view);

}  // namespace leases::test
