#pragma once

#include <string>

#include "common/time.h"

namespace leases::cli {

/// Local time (TZ), to the second: "2026-11-23 09:11:09". What no date can tell is told in seconds since
/// 1970.
std::string local_time(EpochSeconds time);

/// How far a time is from now, for a person, rounded down: "in 43 min", "3 d ago", "now".
std::string relative_time(EpochSeconds time, EpochSeconds now);

}  // namespace leases::cli
