#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "common/hardware_address.h"
#include "store/table_builder.h"
#include "util/hash_table.h"

namespace leases {

/// The guests of all MAC maps. Of several names of one machine, the one that was added first counts. The
/// caller keeps the texts.
class GuestNames {
 public:
  void add(const GuestInIndex& guest);
  [[nodiscard]] bool empty() const { return guests_.empty(); }
  /// What a machine is called in a network; empty if no map knows it. As Table::guest_name(), which
  /// events ask.
  [[nodiscard]] std::string_view name_of(const HardwareAddress& hardware, std::string_view network) const;
  [[nodiscard]] std::vector<GuestInIndex> all() && { return std::move(guests_); }

 private:
  std::vector<GuestInIndex> guests_;
  using Key = std::pair<std::string_view, HardwareAddress>;  ///< network and hardware address

  HashMap<Key, std::string_view> names_;
};

}  // namespace leases
