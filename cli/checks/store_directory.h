#pragma once

#include <string>

namespace leases::cli {

/// Whether a directory has status files. False if it cannot be looked into.
bool has_status_files(const std::string& path);

/// Whether the helper has never written in a directory, or there is none: its name may be misspelt. False if
/// it cannot be looked into.
bool was_never_store(const std::string& path);

}  // namespace leases::cli
