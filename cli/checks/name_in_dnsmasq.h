#pragma once

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "common/host_index.h"
#include "common/host_name.h"

namespace leases::cli {

/// Whether the dnsmasq of each network, if it serves DNS, gives a name another address than the leases that
/// have it: it calls its script with a client's name also when it does not give the client that name, since
/// it has it from a hosts file or its configuration.
void compare_with_dnsmasq(const CheckContext& context, const IndexView& view, const HostQuery& query,
                          Findings& findings);

}  // namespace leases::cli
