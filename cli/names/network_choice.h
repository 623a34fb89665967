#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/settings.h"

namespace leases::cli {

/// The networks that a command line names; all if it names none.
struct NetworkChoice {
  std::vector<std::string> names;

  [[nodiscard]] bool has(std::string_view network) const;
  /// Replaces names that no network in `known` has and that libvirt has for a network by those of the
  /// bridges, under which leases are kept, and drops what is named twice.
  void take_libvirts(const std::vector<std::string_view>& known, const Settings& settings);
  /// Whether every network that is named exists. Reports the first that does not on standard error.
  [[nodiscard]] bool is_among(const std::vector<std::string_view>& known) const;
  /// Does both.
  [[nodiscard]] bool settle(const std::vector<std::string_view>& known, const Settings& settings);
};

}  // namespace leases::cli
