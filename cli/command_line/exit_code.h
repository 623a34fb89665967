#pragma once

namespace leases::cli {

/// The exit status of leasectl, on which scripts rely (leasectl(1), EXIT STATUS).
enum ExitCode : int {
  kFound = 0,     ///< or done
  kNotFound = 1,  ///< or not done, for a reason that was logged
  kUsage = 2,     ///< the command line is wrong
  kFailure = 3,   ///< there is no index to trust, or the system failed
};

}  // namespace leases::cli
