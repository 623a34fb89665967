#pragma once

#include <string>

namespace leases::cli {

/// Whether a library of this machine's kind has no end (elf(5)). The dynamic loader maps such a file, and the
/// process dies of SIGBUS where the rest would be. False for what the loader refuses itself.
bool is_cut_short(const std::string& path);

}  // namespace leases::cli
