#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// How a service can end a search (nsswitch.conf(5)).
enum class LookupStatus : std::uint8_t { success, notfound, unavail, tryagain };

/// A service on the line hosts, and the actions after it.
struct NssService {
  std::string name;
  std::string criteria;  ///< as written, with brackets; empty if there are none
  std::array<bool, 4> returns{true, false, false, false};  ///< by LookupStatus: whether the search ends

  [[nodiscard]] bool returns_on(LookupStatus status) const {
    return returns[static_cast<std::size_t>(status)];
  }
  /// As in the file: "resolve [!UNAVAIL=return]".
  [[nodiscard]] std::string text() const { return criteria.empty() ? name : name + ' ' + criteria; }
};

/// nsswitch.conf as glibc 2.33 and later understand it. A later line hosts replaces an earlier one, and a `#`
/// after other words does not begin a comment. A last line without a newline is ignored. If the line of any
/// database cannot be parsed, glibc takes nothing from the file.
struct NsswitchFile {
  bool has_hosts = false;              ///< if not, `hosts` has glibc's default
  std::vector<NssService> hosts;       ///< in the order in which they are asked
  std::optional<unsigned> bad_line{};  ///< the first line that cannot be parsed, from 1

  bool hosts_unfinished = false;  ///< a line hosts is ignored, since no newline ends it

  static NsswitchFile parse(std::string_view text);
};

}  // namespace leases::cli
