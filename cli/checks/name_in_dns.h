#pragma once

#include <set>
#include <string>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "common/address.h"

namespace leases::cli {

/// Whether a program that asks DNS instead of NSS, as a static one of Go's or musl's does, finds under a name
/// the addresses that are leased. It need not: docs/who-asks-what.md. Nothing is found where no DNS server
/// answers. One that is not this host is not asked: that would tell it the guest's name.
void compare_with_dns(const CheckContext& context, const std::string& name, const std::set<IpAddress>& leased,
                      Findings& findings);

}  // namespace leases::cli
