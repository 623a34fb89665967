#pragma once

#include <string>
#include <vector>

#include "store/settings.h"

namespace leases::cli {

/// Where dnsmasq keeps its leases if it is not told (Debian's --dhcp-leasefile).
inline constexpr const char* kStandardLeaseFile = "/var/lib/misc/dnsmasq.leases";

struct GiveRequest {
  std::string file;                   ///< empty: the one that this dnsmasq had, as far as that is known
  std::vector<std::string> networks;  ///< empty: all but libvirt's
};

/// Writes what dnsmasq would be given at a start with leasefile-ro as its lease file, and says where the file
/// that was there is kept. Returns an ExitCode: kNotFound if it says why nothing was written. Throws
/// Error.
int give_lease_file(const Settings& settings, const GiveRequest& request);

/// The file that a path leads to, with no link in it. Throws Error if it leads by a link that others
/// than root can change, or to no directory.
std::string lease_file_at(const std::string& path);

}  // namespace leases::cli
