#include "share/peer_policy.h"

#include <algorithm>

#include "common/host_name.h"
#include "util/glob.h"

namespace leases::share {

namespace {

bool is_allowed_name(std::string_view name, const PeerPolicy& policy) {
  return !policy.names || matches_any_folded(*policy.names, name);
}

bool is_allowed_domain(std::string_view domain, const PeerPolicy& policy) {
  return std::ranges::any_of(policy.domains,
                             [&](const std::string& allowed) { return equal_folded(domain, allowed); });
}

}  // namespace

void limit(Lease& lease, const PeerPolicy& policy) {
  if (lease.name_refused || !is_allowed_name(lease.hostname, policy)) {
    lease.hostname = {};
    lease.name_refused = false;
  }
  if (!is_allowed_domain(lease.domain, policy)) lease.domain = {};
  if (!is_allowed_name(lease.guest_label(), policy)) lease.guest_name = {};
  // What comes after the first label of a guest's name answers like a domain.
  const std::string_view guest_domain = domain_part_of(lease.guest_name);
  if (!guest_domain.empty() && !is_allowed_domain(guest_domain, policy))
    lease.guest_name = label_of(lease.guest_name);
}

}  // namespace leases::share
