#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

/// A line that glibc cannot parse.
struct BadNsswitchLine {
  unsigned number;                    ///< from 1
  std::vector<std::string> brackets;  ///< what is wrong in it, as written
};

/// nsswitch.conf as glibc 2.33 and later understand it. A later line hosts replaces an earlier one, and a `#`
/// after other words does not begin a comment. A last line without a newline is ignored. If the line of any
/// database cannot be parsed, glibc takes nothing from the file. Names are case-sensitive.
struct NsswitchFile {
  /// The services of the line hosts, in the order in which they are asked, without criteria that cannot be
  /// parsed; glibc's default if there is no such line.
  std::vector<NssService> hosts;
  bool has_hosts = false;
  unsigned hosts_line = 0;                 ///< its number, from 1
  unsigned misnamed_line = 0;              ///< the number of one that glibc does not know: "Hosts:"; or 0
  std::vector<NssService> misnamed_hosts;  ///< its services
  std::vector<BadNsswitchLine> bad_lines;  ///< in their order
  bool hosts_unfinished = false;           ///< a line hosts is ignored, since no newline ends it

  static NsswitchFile parse(std::string_view text);
};

}  // namespace leases::cli
