#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace leases {

/// Whether a path leads to something below a directory, by its text alone.
constexpr bool is_in(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (directory.ends_with('/') || path.substr(directory.size()).starts_with('/'));
}

/// The same path with no slash at the end and never two together: files are known by their paths, and a path
/// and its pattern have the same components.
inline std::string with_single_slashes(std::string path) {
  const auto both_slashes = [](char a, char b) { return a == '/' && b == '/'; };
  path.erase(std::unique(path.begin(), path.end(), both_slashes), path.end());
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// The last component of a path.
constexpr std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace leases
