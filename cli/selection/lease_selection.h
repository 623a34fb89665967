#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line/command_line.h"
#include "cli/names/network_choice.h"
#include "common/lease.h"
#include "common/time.h"

namespace leases::cli {

/// Which leases a command line means: those that satisfy all that is given.
struct LeaseSelection {
  NetworkChoice networks;
  std::string guest;                     ///< a name in a MAC map: only its leases
  std::vector<std::string> globs;        ///< a name matches one of them (matching_names())
  std::string domain;                    ///< the leases are found with it after their name and a dot
  std::optional<Family> family;          ///< of the address
  std::optional<double> expires_within;  ///< in seconds

  [[nodiscard]] bool has(const Lease& lease, EpochSeconds now) const;
};

/// Declares --guest, --match, --domain, --family and --expires-within.
void add_selection_options(Command command, LeaseSelection& selection);

}  // namespace leases::cli
