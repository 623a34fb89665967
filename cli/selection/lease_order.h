#pragma once

#include <string>

#include "cli/command_line/command_line.h"
#include "common/lease.h"
#include "util/local_subnets.h"

namespace leases::cli {

/// The order in which leases are printed.
class LeaseOrder {
 public:
  /// Declares --sort.
  void add_option(Command command);

  /// Whether there is an order besides the usual one.
  [[nodiscard]] bool is_given() const { return !typed_.empty(); }
  /// Whether `a` comes before `b`. Numbers within texts count by their value. What is not known comes last,
  /// in either direction.
  [[nodiscard]] bool before(const Lease& a, const Lease& b, const LocalSubnets& subnets) const;

 private:
  std::string typed_;  ///< a field's name, after a '-' if the order is reversed; empty: none
};

}  // namespace leases::cli
