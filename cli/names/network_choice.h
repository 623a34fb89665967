#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// The networks that a command line names; all if it names none.
struct NetworkChoice {
  std::vector<std::string> names;

  [[nodiscard]] bool has(std::string_view network) const;
  /// Whether every network that is named exists. Reports the first that does not on standard error.
  [[nodiscard]] bool is_among(const std::vector<std::string_view>& known) const;
};

}  // namespace leases::cli
