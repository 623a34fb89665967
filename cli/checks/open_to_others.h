#pragma once

#include <string>

namespace leases::cli {

// What decides about names, as programs and files do that others run and read, is its owner's alone to write.

/// Whether group or others may write it. False if it is not there, or cannot be seen.
bool is_open_to_others(const std::string& path);

/// The finding about that.
std::string open_to_others(const std::string& path);

/// The command that takes the right away.
std::string closing(const std::string& path);

}  // namespace leases::cli
