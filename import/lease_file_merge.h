#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "common/lease.h"

namespace leases {

/// How leases known from a dnsmasq's events may change when that dnsmasq's lease file is read: the file shows
/// renewals for which dnsmasq runs no script, and which leases are gone.
struct LeaseFileMerge {
  /// The network of a row whose address is not known; the row is left out if it is empty. Null: all such rows
  /// are left out, since their events will come.
  std::function<std::string(const Lease& row)> network_for;
  /// Whether a lease that the file lacks has ended. Null: it stays.
  std::function<bool(const Lease& lease)> may_end;
  /// When the file was written. An event of another client after that is newer than the row. Time 0: no event
  /// is newer.
  ChangeTime written{};
};

struct MergedLeases {
  std::vector<Lease> leases;       ///< all leases of the networks that were given; what changed has no time
  std::set<std::string> networks;  ///< those in which something changed
  std::size_t taken = 0;           ///< rows of addresses or clients that were not known
  std::size_t renewed = 0;         ///< leases that end at another time than was known
  std::size_t ended = 0;           ///< leases that had not ended, as far as was known
};

/// Merges the rows of a lease file into the leases that are known from the same server. An expired row can
/// only change when a known lease ends. The texts of the result are those of `known`, of `rows` and of
/// `networks`, which must outlive it.
MergedLeases merge_lease_file(const std::vector<Lease>& known, const std::vector<Lease>& rows,
                              const LeaseFileMerge& merge, EpochSeconds now);

}  // namespace leases
