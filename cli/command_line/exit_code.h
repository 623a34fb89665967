#pragma once

namespace leases::cli {

/// What scripts can rely on. A failure of the system is kFailure too: nothing could be told.
enum ExitCode : int { kFound = 0, kNotFound = 1, kUsage = 2, kFailure = 3 };

}  // namespace leases::cli
