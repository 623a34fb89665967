#pragma once

#include <string>

namespace leases::cli {

/// Throws Error unless root runs this program; `command` is the verb, as it was called.
void require_root(const std::string& command);

}  // namespace leases::cli
