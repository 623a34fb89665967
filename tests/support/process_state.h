#pragma once

#include <cstddef>
#include <string>

namespace leases::test {

/// How many mappings of an index, replaced ones included, this process has.
std::size_t mapped_indexes();

/// The numbers of this process's open files, with what they are, as a text.
std::string open_files();

}  // namespace leases::test
