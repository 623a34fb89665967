#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/lease.h"

namespace leases::cli {

/// The change of an address's lease in a network from one state of the index to a later one. Its texts belong
/// to those states.
struct LeaseDiff {
  enum class Kind {
    added,
    renewed,   ///< anything but the name changed, usually the expiry
    renamed,   ///< its name, its domain, whether the policy refuses it, or its guest's name
    released,  ///< ended before its time
    expired,
  };

  Kind kind;
  Lease lease;     ///< the later one; if it has ended, the earlier one
  Lease previous;  ///< if it was renewed or renamed, the earlier one
};

/// "added" and so on.
std::string_view name_of(LeaseDiff::Kind kind);

/// The change of each lease from one state to another, both sorted as by IndexReader::live_leases() and
/// without expired leases. Leases that ended come first, then the others, least recent change first. An
/// address that another client has now is two changes: released or expired, and added.
std::vector<LeaseDiff> changes_between(std::span<const Lease> before, std::span<const Lease> after,
                                       EpochSeconds now);

}  // namespace leases::cli
