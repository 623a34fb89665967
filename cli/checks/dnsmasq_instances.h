#pragma once

#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/dnsmasq_server.h"
#include "cli/checks/finding.h"

namespace leases::cli {

/// Whether each of several dnsmasqs that run the helper, and keep no leases of their own (leasefile-ro), is
/// given its leases and no other's when it starts (leaseshelper(8), Several instances). What this user cannot
/// see of them is not told.
void check_instances(const CheckContext& context, const std::vector<const Server*>& running,
                     Findings& findings);

}  // namespace leases::cli
