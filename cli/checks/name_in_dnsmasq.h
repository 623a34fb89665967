#pragma once

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "common/host_index.h"
#include "common/host_name.h"

namespace leases::cli {

/// Whether the dnsmasq of each network, if it serves DNS, gives a name an address that is not one of its
/// leases. dnsmasq runs its script with a client's name even if it does not give the client that name,
/// because a hosts file or its configuration has it.
void compare_with_dnsmasq(const CheckContext& context, const IndexView& view, const HostQuery& query,
                          Findings& findings);

}  // namespace leases::cli
