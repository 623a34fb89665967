#pragma once

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "common/host_index.h"
#include "common/host_name.h"

namespace leases::cli {

/// Reports why the index answers nothing for a name, even though a lease or a guest may have it.
void report_unanswered(const CheckContext& context, const IndexView& view, const HostQuery& query,
                       Findings& findings);

/// Reports a lease that the index answers, though a hosts file now gives its name to another address.
void report_taken(const CheckContext& context, const IndexView& view, const HostQuery& query,
                  Findings& findings);

}  // namespace leases::cli
