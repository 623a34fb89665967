#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/lease.h"
#include "common/time.h"
#include "import/importer.h"
#include "store/settings.h"

namespace leases {

/// dnsmasq's own lease files, of those dnsmasqs that run the helper: it finds out where they are by itself
/// (dnsmasq/server_registry.h).

/// How the known leases of dnsmasqs with their own lease files have changed.
struct FollowedLeases {
  std::size_t renewed = 0;
  std::size_t ended = 0;
  /// Whether a file was being written, or leases changed meanwhile: it has to be looked at again soon.
  bool is_unsettled = false;
};

/// Brings the leases known from those dnsmasqs up to date with their lease files: renewals that they do not
/// report (without script-on-renewal), and leases that they no longer have. `warn` takes a line for each
/// dnsmasq that lost leases before their end. Changes nothing for a file that cannot be read whole, or while
/// an import is due. Waits for writers for as long as `patience` says. Throws Error.
FollowedLeases follow_server_lease_files(const Settings& settings, const ImportWarning& warn,
                                         std::chrono::milliseconds patience = kForWriters);

/// The lease files that follow_server_lease_files() reads, if this process can find them.
std::vector<std::string> server_lease_files(const Settings& settings);

/// A lease of a dnsmasq that runs the helper, as that dnsmasq's lease file has it.
struct LeaseInFile {
  std::string file;
  ExpiryTime expiry;
};

/// Nothing if no such file has the lease, for the same client, or this user can find none and read it whole.
std::optional<LeaseInFile> find_in_server_lease_files(const Settings& settings, const Lease& lease);

/// Result of taking over a lease file.
struct TakenLeases {
  std::size_t rows = 0;  ///< in the file, not expired
  std::size_t taken = 0;
  std::size_t renewed = 0;
};

/// Which lease file to take over, and where its unknown leases go.
struct TakeOver {
  std::string file;       ///< absolute path
  std::string network;    ///< for leases that are not known; empty: the interface in whose subnet they are
  bool is_named = false;  ///< an administrator named the file, not the registry
};

/// Takes over what a lease file of dnsmasq has and the store does not know, so that dnsmasq can go on with
/// leasefile-ro. Loses nothing that is known. Throws Error, also if the file cannot be read whole.
TakenLeases take_over_lease_file(const Settings& settings, const TakeOver& request,
                                 const ImportWarning& warn);

}  // namespace leases
