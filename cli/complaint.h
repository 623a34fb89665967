#pragma once

#include <string_view>

namespace leases::cli {

/// Writes a line to standard error, after this program's name. Names of files, networks and keys come from
/// others: whatever is in them, it is one line, and no terminal's command.
void complain(std::string_view line);

}  // namespace leases::cli
