#pragma once

#include <string_view>

namespace leases {

/// Whether a path leads to something below a directory, by its text alone.
constexpr bool is_in(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (directory.ends_with('/') || path.substr(directory.size()).starts_with('/'));
}

}  // namespace leases
