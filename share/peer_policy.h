#pragma once

#include "common/lease.h"
#include "store/share_settings.h"

namespace leases::share {

/// Takes from another host's lease what the policy does not let that host share: its name, its guest's name,
/// its domain. A name that the host's own policy refused goes, too.
void limit(Lease& lease, const PeerPolicy& policy);

}  // namespace leases::share
