#include "cli/names/network_choice.h"

#include <algorithm>
#include <utility>

#include "cli/names/libvirt_names.h"
#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

bool NetworkChoice::has(std::string_view network) const {
  return names.empty() || std::find(names.begin(), names.end(), network) != names.end();
}

void NetworkChoice::take_libvirts(const std::vector<std::string_view>& known, const Settings& settings) {
  LibvirtNames libvirt(settings.libvirt_directory);
  std::vector<std::string> taken;
  for (const std::string& name : names) {
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    std::string network = is_known ? name : libvirt.bridge_of(name).value_or(name);
    if (std::find(taken.begin(), taken.end(), network) == taken.end()) taken.push_back(std::move(network));
  }
  names = std::move(taken);
}

bool NetworkChoice::settle(const std::vector<std::string_view>& known, const Settings& settings) {
  take_libvirts(known, settings);
  return is_among(known);
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
