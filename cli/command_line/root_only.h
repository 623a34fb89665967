#pragma once

#include <string>

namespace leases::cli {

/// Throws Error unless root runs this program. `command` is the verb, as on the command line.
void require_root(const std::string& command);

}  // namespace leases::cli
