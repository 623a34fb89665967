#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// Whether a name or path has a character in it that glob(7) gives a meaning.
bool is_pattern(std::string_view text);

/// The pattern that stands for this path alone.
std::string as_pattern(std::string_view path);

/// Whether a pattern stands for the name of a file. A dot at the beginning has to be in the pattern, too.
bool matches_name(const std::string& pattern, std::string_view name);

/// Whether a pattern stands for a text in which neither a dot nor a slash is special, also if they differ in
/// the case of letters (matches_folded()).
bool matches_text(const std::string& pattern, std::string_view text);
bool matches_folded(const std::string& pattern, std::string_view text);

/// Whether one of several patterns does.
bool matches_any(const std::vector<std::string>& patterns, std::string_view text);
bool matches_any_folded(const std::vector<std::string>& patterns, std::string_view text);

/// The names that a pattern stands for in a directory.
struct MatchingNames {
  std::vector<std::string> names;
  int error = 0;  ///< why there may be more names: the system's number (errno(3)), or 0
};

MatchingNames matching_names(const std::string& directory, const std::string& pattern);

/// The paths that an absolute pattern, without a slash at its end or two together, stands for at this moment.
/// A name without a pattern that this process may not look at counts as there. Unlike glob(3), it reports
/// each directory that could be listed only in part.
std::vector<std::string> matching_paths(
    const std::string& pattern, const std::function<void(const std::string& directory, int error)>& report);

}  // namespace leases
