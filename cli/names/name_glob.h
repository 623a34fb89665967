#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"

namespace leases::cli {

/// The names of a lease, in lower case, that match a pattern (glob(7), in either case): its host name and its
/// guest's, but no refused one. A pattern with a dot is compared with the names that have their domain, their
/// place (lease_place_of()) or the domain of the guest after a dot.
std::vector<std::string> matching_names(const Lease& lease, const std::string& glob);

}  // namespace leases::cli
