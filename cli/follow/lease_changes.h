#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/lease.h"

namespace leases::cli {

/// What happened to the lease of an address in a network between two states of the index. Its texts are those
/// states'.
struct LeaseDiff {
  enum class Kind {
    added,
    renewed,   ///< anything but the name is new, usually the expiry
    renamed,   ///< the name, its domain, whether the policy refuses it, or its guest's name
    released,  ///< ended before its time
    expired,
  };

  Kind kind;
  Lease lease;     ///< as it is now; what has ended, as it was
  Lease previous;  ///< of what was renewed or renamed, as it was before
};

/// "added" and so on.
std::string_view name_of(LeaseDiff::Kind kind);

/// Each lease's change from one state to another, both sorted as IndexReader::live_leases() does, with what
/// is over left out. First what has ended, then the others, least recent change first. An address that
/// another client has now is two changes: it was released, or expired, and added.
std::vector<LeaseDiff> changes_between(std::span<const Lease> before, std::span<const Lease> after,
                                       EpochSeconds now);

}  // namespace leases::cli
