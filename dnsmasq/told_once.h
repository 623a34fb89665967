#pragma once

#include <string>

#include "dnsmasq/process.h"

namespace leases {

/// The file in the runtime directory that has the processes which is_told_now() was asked for, one a line.
inline constexpr const char* kToldFile = "told";

/// Whether to log a line now that concerns a server for as long as it runs: true the first time that this is
/// asked for a process of the server since the boot, or if that cannot be noted.
bool is_told_now(const std::string& runtime_directory, const ProcessIdentity& process) noexcept;

}  // namespace leases
