#pragma once

#include "helper/settings.h"

namespace leases::cli {

/// `leasectl rebuild`: makes the index anew from the status files. Returns an ExitCode. Throws StoreError.
int rebuild(const Settings& settings);

}  // namespace leases::cli
