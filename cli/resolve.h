#pragma once

#include <string>
#include <vector>

#include "helper/settings.h"

namespace leases::cli {

struct ResolveOptions {
  std::vector<std::string>
      subjects;          ///< names and ranges of names; none, or "-": a line each from standard input
  bool reverse = false;  ///< addresses are given and names are wanted
  bool missing = false;  ///< print what is not found instead
  bool fold = false;     ///< print names only, written together as ranges
  bool json = false;     ///< JSON Lines
};

/// `leasectl resolve`: answers many questions out of one state of the index, in the order they come. Returns
/// an ExitCode: kNotFound if any was not found. Throws StoreError.
int resolve(const Settings& settings, const ResolveOptions& options);

}  // namespace leases::cli
