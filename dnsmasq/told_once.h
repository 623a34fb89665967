#pragma once

#include <string>

#include "dnsmasq/process.h"

namespace leases {

/// The file in the runtime directory with the processes that is_told_now() was asked about, one per line.
inline constexpr const char* kToldFile = "told";

/// Whether to log a line that is worth saying once per start of a server: true when first asked about this
/// process, and each time if that cannot be noted.
bool is_told_now(const std::string& runtime_directory, const ProcessIdentity& process) noexcept;

}  // namespace leases
