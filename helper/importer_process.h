#pragma once

#include <string>

#include "helper/lease_event.h"

namespace leases {

/// These run `leases-import`, which stands beside this program, and wait for it. The helper, started for
/// every event, has no JSON parser in it: it needs one only after a reboot, or when somebody else wrote a
/// status file. No LeaseStore may be open, since the importer takes its lock. False if it could not be run or
/// failed; it has then said why.

/// Brings the index up to date with the status files.
bool run_importer(const std::string& settings_path);

/// Takes over what a lease file of dnsmasq's has that is not known (helper/lease_file_merge.h), for the dnsmasq
/// that runs this program.
bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file);

/// Whether it is a failure, with nothing printed, if one of the directories cannot be opened.
enum class Reading : bool { all, what_can_be_read };

/// Prints the init stream from the status files themselves.
bool print_init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                Reading reading);

}  // namespace leases
