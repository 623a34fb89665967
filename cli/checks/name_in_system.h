#pragma once

#include <set>
#include <string>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "common/address.h"

namespace leases::cli {

/// Whether programs on this host get the addresses that are leased under a name, and which service keeps them
/// from it. `system` is the answer that they get. Afterwards this process may ask one service only.
void compare_with_system(const CheckContext& context, const std::string& name,
                         const std::set<IpAddress>& leased, const ResolverAnswer& system, Findings& findings);

}  // namespace leases::cli
