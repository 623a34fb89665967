#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// Whether a name or path has something in it that glob(7) gives a meaning.
bool is_pattern(std::string_view text);

/// A pattern that stands for this path alone.
std::string as_pattern(std::string_view path);

/// Whether a pattern stands for the name of a file: for one that begins with a dot only if it says so.
bool matches_name(const std::string& pattern, std::string_view name);

/// What a pattern stands for in a directory.
struct MatchingNames {
  std::vector<std::string> names;
  int error = 0;  ///< the system's number for why there may be more names, if not 0
};

MatchingNames matching_names(const std::string& directory, const std::string& pattern);

}  // namespace leases
