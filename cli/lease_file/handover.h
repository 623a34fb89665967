#pragma once

#include <string>
#include <vector>

#include "store/settings.h"

namespace leases::cli {

struct HandoverRequest {
  std::string file;                   ///< empty: the one that this dnsmasq had, if that is known
  std::vector<std::string> networks;  ///< empty: all but libvirt's
};

/// Hands leases over to a dnsmasq that will run without leasefile-ro: writes them as its lease file, the way
/// `leaseshelper init` prints them, and reports where the previous file is kept. Returns an ExitCode:
/// kNotFound if nothing was written, for a reason that was logged. Throws Error.
int hand_over_leases(const Settings& settings, const HandoverRequest& request);

}  // namespace leases::cli
