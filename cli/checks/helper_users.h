#pragma once

#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"

namespace leases::cli {

/// A dnsmasq whose configuration has the helper as its dhcp-script, or a script that runs it.
struct HelperUser {
  std::string name;  ///< "dnsmasq (process 812)", or of one that is not running: "dnsmasq (not running)"
  std::string script_file;  ///< in which its dhcp-script stands; empty for the command line
  std::string lease_file;   ///< dnsmasq's own; empty with leasefile-ro: the helper alone keeps its leases

  [[nodiscard]] bool has_lease_file() const { return !lease_file.empty(); }
};

/// Every dnsmasq that runs now, and the one that Debian's service would start. Not libvirt's: there the
/// helper is switched off by itself (`leasectl libvirt-helper off`). Processes that may not be a dnsmasq of
/// the system's are reported to `strangers`; configuration that cannot be read, and may name the helper, to
/// `unread`.
std::vector<HelperUser> helper_users(const CheckContext& context, Findings& strangers, Findings& unread);

}  // namespace leases::cli
