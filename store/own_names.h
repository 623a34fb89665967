#pragma once

#include <string>
#include <vector>

namespace leases {

/// The file in which a machine keeps its name (hostname(5)).
inline constexpr const char* kStandardHostname = "/etc/hostname";

/// The host labels under which this machine knows itself, in lower case, each once: of the kernel's host name
/// (gethostname(2)) in this process's UTS namespace, and of a file as of hostname(5), which the kernel's may
/// not have followed yet. What is not a host label is left out, and so is a file that cannot be read.
std::vector<std::string> own_names(const std::string& hostname_file);

}  // namespace leases
