#pragma once

#include <cstddef>
#include <string>

namespace leases::test {

/// The number of this process's mappings of an index, replaced ones included.
std::size_t mapped_indexes();

/// The numbers and targets of this process's open descriptors, as a text.
std::string open_files();

}  // namespace leases::test
