#pragma once

#include <cstddef>

namespace leases::cli {

/// Columns of the terminal that a descriptor is; 80 if it does not know.
std::size_t terminal_width(int descriptor);

}  // namespace leases::cli
