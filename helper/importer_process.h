#pragma once

#include <string>

namespace leases {

/// Runs `leases-import`, which stands beside this program, and waits for it. The helper, started for every
/// event, has no JSON parser in it: it needs one only after a reboot, or when somebody else wrote a status
/// file. No LeaseStore may be open, since the importer takes its lock. False if it could not be run or
/// failed; it has then said why.
bool run_importer(const std::string& settings_path);

}  // namespace leases
