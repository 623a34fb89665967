#pragma once

#include <cstddef>
#include <optional>

#include "common/host_index.h"
#include "resolve/varlink.h"

namespace leases::resolve {

/// With more domains than this, or more than twice as many leases in the index, the filter lets every name
/// through. It is sent again whenever it changes, and systemd-resolved looks up each label of each name in
/// it.
inline constexpr std::size_t kMaxFiltered = 1000;

/// The names that are worth asking the hook for, as QueryFilter replies: the leases' names, and whatever is
/// in their domains, their networks, the domains of their guests, and the zones of their addresses (/24,
/// /64). systemd-resolved joins its conditions by "and", so names without a domain have to be listed: no
/// number of labels can stand for them beside a list of domains. With no lease, the list is empty. Expired
/// leases count: nobody writes the index when a lease ends, or when the clock is set back.
Json query_filter(const IndexView& view);

/// The filters that let every name through, and none.
Json every_name();
Json no_name();

/// The filter for the index that is in its place now. Nothing if the system refuses to open it: then the one
/// before goes on.
std::optional<Json> query_filter();

}  // namespace leases::resolve
