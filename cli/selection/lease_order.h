#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_line/command_line.h"
#include "common/lease.h"
#include "util/local_subnets.h"

namespace leases::cli {

/// The order in which leases are printed.
class LeaseOrder {
 public:
  /// Declares --sort.
  void add_option(Command command);

  /// Sorts things that each have a lease, as `lease_of` gives it: numbers within texts count by their value;
  /// what is not known comes last, in either direction; equals stay in their order. Without an order, all do.
  template <typename Item, typename LeaseOf = std::identity>
  void sort(std::vector<Item>& items, const LocalSubnets& subnets, LeaseOf lease_of = {}) const {
    if (typed_.empty()) return;
    std::vector<const Lease*> leases;
    leases.reserve(items.size());
    for (const Item& item : items) leases.push_back(&std::invoke(lease_of, item));
    std::vector<Item> sorted;
    sorted.reserve(items.size());
    for (const std::size_t position : order_of(leases, subnets)) sorted.push_back(std::move(items[position]));
    items = std::move(sorted);
  }

 private:
  /// Their positions, that of the first one first.
  [[nodiscard]] std::vector<std::size_t> order_of(const std::vector<const Lease*>& leases,
                                                  const LocalSubnets& subnets) const;

  std::string typed_;  ///< a field's name, after a '-' if the order is reversed; empty: none
};

}  // namespace leases::cli
