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
  /// Keeps a name that the policy refuses, but name_of() does not return it.
  void add(const GuestInIndex& guest, bool is_accepted);
  [[nodiscard]] bool empty() const { return names_.empty(); }
  /// What a machine is called in a network; empty if no map knows it. As Table::guest_name().
  [[nodiscard]] std::string_view name_of(const HardwareAddress& hardware, std::string_view network) const;
  [[nodiscard]] std::vector<GuestInIndex> all() && { return std::move(guests_); }

 private:
  std::vector<GuestInIndex> guests_;
  using Key = std::pair<std::string_view, HardwareAddress>;  ///< network and hardware address

  HashMap<Key, std::string_view> names_;
};

}  // namespace leases
