#pragma once

#include <string>

#include "common/time.h"

namespace leases::cli {

/// Local time (TZ), to the second: "2026-11-23 09:11:09". A time outside the calendar is given in seconds
/// since 1970.
std::string local_time(EpochSeconds time);

/// The distance of a time from now, for a person, rounded down: "in 43 min", "3 d ago", "now".
std::string relative_time(EpochSeconds time, EpochSeconds now);

}  // namespace leases::cli
