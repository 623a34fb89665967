#pragma once

#include <string>

#include "store/settings.h"

namespace leases::cli {

/// Whether a directory has status files. False if it cannot be looked into.
bool has_status_files(const std::string& path);

/// Whether no lease was ever written in a directory, or there is none: its name may be misspelt. False if it
/// cannot be looked into.
bool was_never_store(const std::string& path);

/// Throws Error if the state directory was never a store and the standard one is: what writes there would
/// make it one, with an index of what it has. Another instance has a configuration of its own, and begins
/// with an empty directory.
void require_store(const Settings& settings);

}  // namespace leases::cli
