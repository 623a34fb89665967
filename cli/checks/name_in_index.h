#pragma once

#include <set>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "common/address.h"
#include "common/host_index.h"
#include "common/host_name.h"

namespace leases::cli {

/// Reports why the index answers nothing for a name, even though a lease or a guest may have it.
void report_unanswered(const CheckContext& context, const IndexView& view, const HostQuery& query,
                       Findings& findings);

/// Reports a lease that the index answers, though a hosts file now gives its name to another address.
void report_taken(const CheckContext& context, const IndexView& view, const HostQuery& query,
                  Findings& findings);

/// Reports leases of a name that are not answered since their machines have newer ones. `answered` are the
/// addresses that are.
void report_old(const IndexView& view, const HostQuery& query, const std::set<IpAddress>& answered,
                Findings& findings);

}  // namespace leases::cli
