#pragma once

#include <string>

namespace leases::cli {

/// A word of the command line as CLI11 has to be given it. From version 2.5 on, CLI11 takes a value in
/// brackets, [a,b], for a list, unless the brackets and every character between them are doubled.
std::string for_cli11(const std::string& word);

/// The word as it was given.
std::string from_cli11(const std::string& word);

}  // namespace leases::cli
