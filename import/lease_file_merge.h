#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "common/lease.h"

namespace leases {

/// What may become of leases that were told by events, when the lease file of the dnsmasq that told them is
/// read: the file tells renewals for which dnsmasq runs no script, and what it no longer has.
struct LeaseFileMerge {
  /// The network of a row whose address is not known; the row is left out if it is empty. Null: all such rows
  /// are left out, since their events will come.
  std::function<std::string(const Lease& row)> network_for;
  /// Whether what the file does not have has ended, in a network. Null: it stays.
  std::function<bool(const Lease& lease)> may_end;
  /// When the file was written. What was told of another client later than that is newer than its row. The
  /// time 0: nothing is.
  ChangeTime written{};
};

struct MergedLeases {
  std::vector<Lease> leases;       ///< all leases of the networks that were given; what changed has no time
  std::set<std::string> networks;  ///< those in which something changed
  std::size_t taken = 0;           ///< rows of addresses or clients that were not known
  std::size_t renewed = 0;         ///< leases that end at another time than was known
  std::size_t ended = 0;           ///< leases that had not ended, as far as was known
};

/// Merges the rows of a lease file into the leases that are known from the same server. A row that is over
/// changes nothing but an end. The texts of the result are those of `known`, of `rows` and of `networks`,
/// which must outlive it.
MergedLeases merge_lease_file(const std::vector<Lease>& known, const std::vector<Lease>& rows,
                              const LeaseFileMerge& merge, EpochSeconds now);

}  // namespace leases
