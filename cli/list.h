#pragma once

#include <string>
#include <vector>

#include "cli/lease_output.h"
#include "helper/settings.h"

namespace leases::cli {

/// `leasectl list`: the leases of the networks named, of all if none is. Returns an ExitCode: kNotFound if a
/// network does not exist. Throws StoreError.
int list(const Settings& settings, const std::vector<std::string>& networks, Format format);

}  // namespace leases::cli
