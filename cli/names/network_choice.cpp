#include "cli/names/network_choice.h"

#include <algorithm>

#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

bool NetworkChoice::has(std::string_view network) const {
  return names.empty() || std::find(names.begin(), names.end(), network) != names.end();
}

bool NetworkChoice::is_among(const std::vector<std::string_view>& known) const {
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string line =
        "there is no network '" + name + (known.empty() ? "'; there are none yet" : "'; there are:");
    for (const std::string_view other : known) line += ' ' + escaped(other);
    log_line(line);
    return false;
  }
  return true;
}

}  // namespace leases::cli
