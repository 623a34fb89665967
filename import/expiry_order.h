#pragma once

#include <vector>

#include "common/lease.h"

namespace leases {

/// Gives times of change to the leases of a file that does not say when they changed. A lease that ends later
/// was renewed later, so they are put in that order, those without an end first, and those with the same end
/// by address. The times are 1 ns apart; the last is `written`, but at least 1 ns for each lease. Of several
/// leases with the same address, only the last one stays.
void order_by_expiry(std::vector<Lease>& leases, ChangeTime written);

}  // namespace leases
