#pragma once

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "common/host_name.h"
#include "common/lease.h"
#include "common/lease_place.h"
#include "store/index_reader.h"

namespace leases::cli {

/// Whether a lookup finds a lease by a label that it has, with this suffix after a dot, as matching_suffix()
/// decides it: the suffix is the domain, the place (lease_place_of()) or, after the guest's label, the
/// guest's own domain. Without a suffix, the label is enough.
inline bool has_suffix(const Lease& lease, std::string_view label, std::string_view suffix) {
  if (suffix.empty() || equal_folded(suffix, lease.domain) || equal_folded(suffix, lease_place_of(lease)))
    return true;
  return equal_folded(label, lease.guest_label()) && equal_folded(suffix, domain_part_of(lease.guest_name));
}

/// The same by one of its labels; false for a lease that no name finds. `suffix` is not empty.
inline bool is_found_with(const Lease& lease, std::string_view suffix) {
  return std::ranges::any_of(
      std::array{lease.accepted_name(), lease.guest_label()},
      [&](std::string_view label) { return !label.empty() && has_suffix(lease, label, suffix); });
}

/// The places of all networks that the index knows, which need not have a lease.
std::set<std::string> places_of(const IndexReader& reader);

}  // namespace leases::cli
