#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/address.h"

namespace leases {

/// Something wrong in one record of a file. It costs that record, or a value in it, and nothing else.
struct RecordProblem {
  std::string where;  ///< which one, counted from 1: "record 3", "line 3", "entry 3"
  std::string what;   ///< what is wrong, and the consequence
  /// The address of its lease, if that is kept.
  std::optional<IpAddress> kept;
};

/// A value that cannot be read costs its lease just that.
inline RecordProblem lease_without(std::string where, const std::string& what, const IpAddress& lease) {
  return {std::move(where), what + "; the lease is kept without it", lease};
}

/// One line for all problems of a file: the first of them, and how many more there are. There has to be at
/// least one.
inline std::string text_of(const std::vector<RecordProblem>& problems) {
  const RecordProblem& first = problems.front();
  std::string text = first.where + ": " + first.what;
  const std::size_t more = problems.size() - 1;
  if (more > 0) text += " (and " + std::to_string(more) + (more == 1 ? " more problem)" : " more problems)");
  return text;
}

/// Such a line without how many more there are.
inline std::string_view without_count(std::string_view line) {
  const bool has_count = line.ends_with(" more problem)") || line.ends_with(" more problems)");
  return has_count ? line.substr(0, line.rfind(" (and ")) : line;
}

}  // namespace leases
