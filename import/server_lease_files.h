#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "import/importer.h"
#include "store/settings.h"

namespace leases {

/// dnsmasq's own lease files, of those dnsmasqs that run the helper: it finds out where they are by itself
/// (dnsmasq/server_registry.h).

/// What became of leases that dnsmasqs told, and have in lease files of their own.
struct FollowedLeases {
  std::size_t renewed = 0;
  std::size_t ended = 0;
  /// Whether a file was being written, or leases changed meanwhile: it has to be looked at again soon.
  bool is_unsettled = false;
};

/// Brings the leases that those dnsmasqs told up to date with their lease files: renewals of which they do
/// not tell (without script-on-renewal), and what they no longer have. `warn` takes a line for each dnsmasq
/// that no longer has leases which had not ended. Changes nothing for a file that cannot be read whole, or
/// while an import is due. Waits for writers for as long as `patience` says. Throws Error.
FollowedLeases follow_server_lease_files(const Settings& settings, const ImportWarning& warn,
                                         std::chrono::milliseconds patience = kForWriters);

/// The lease files that it reads, as far as they are where this process can find them.
std::vector<std::string> server_lease_files(const Settings& settings);

/// What became of the leases of a lease file that was taken over.
struct TakenLeases {
  std::size_t rows = 0;  ///< in the file, not over
  std::size_t taken = 0;
  std::size_t renewed = 0;
};

/// Which leases a lease file is compared with, and where those go that are not known.
struct TakeOver {
  std::string file;  ///< absolute path
  std::string
      network;  ///< for leases that are not known; empty: that of the interface in whose subnet they are
  bool is_named = false;  ///< an administrator named the file, not the registry
};

/// Takes over all that a lease file of dnsmasq's has and that is not known, so that dnsmasq can go on with
/// leasefile-ro. Nothing that is known is lost by it. Throws Error, also if the file cannot be read
/// whole.
TakenLeases take_over_lease_file(const Settings& settings, const TakeOver& request,
                                 const ImportWarning& warn);

}  // namespace leases
