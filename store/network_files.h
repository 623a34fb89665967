#pragma once

#include <string>

#include "util/directory.h"

namespace leases {

/// Whether a network is one that came and went, as far as its files tell: its status file has not changed for
/// an hour, and this host has no interface of its name. False where a sandbox keeps this process from knowing
/// its interfaces.
bool is_long_gone(const Directory& state_directory, const std::string& network);

/// Removes the files of a network. A killed process leaves the status file to the last, by which the network
/// is known.
void remove_network_files(const Directory& state_directory, const std::string& network) noexcept;

}  // namespace leases
