#pragma once

#include "common/time.h"

namespace leases {

/// Seconds of the system clock, as time(2) gives them.
EpochSeconds now();

}  // namespace leases
