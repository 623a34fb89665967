#pragma once

#include <string>

#include "cli/lease_output.h"
#include "helper/settings.h"

namespace leases::cli {

/// `leasectl lookup`: the leases of a host name (as the NSS module answers it), an IP address or a MAC
/// address. Returns an ExitCode. Throws StoreError.
int lookup(const Settings& settings, const std::string& subject, Format format);

}  // namespace leases::cli
