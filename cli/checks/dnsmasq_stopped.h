#pragma once

#include <string>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"

namespace leases::cli {

/// For when no dnsmasq runs that could run the helper: only its files can be checked. `none` is "no dnsmasq",
/// or "no other dnsmasq" where one was seen that may be anybody's.
void check_stopped(const CheckContext& context, const std::string& none, Findings& findings);

}  // namespace leases::cli
