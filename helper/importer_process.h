#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "store/importer_call.h"

namespace leases {

/// These run `leases-import`, which stands beside this program, and wait for it. The helper, started for
/// every event, has no JSON parser in it: it needs one only after a reboot, or when somebody else wrote a
/// status file. No StoreTransaction may be open, since the importer takes its lock. If it fails or cannot be
/// run, it has been said why.

enum class Import : std::uint8_t {
  done,
  index_failed,  ///< something is wrong with the runtime directory or the index, and with nothing else
  failed,
};

/// Brings the index up to date with the status files. With `at_most`, an importer that takes longer than that
/// is killed, which leaves files and index whole; it may have met a source that cannot be read in the end.
Import run_importer(const std::string& settings_path, std::optional<std::chrono::seconds> at_most = {});

/// Takes over what a lease file of dnsmasq's has that is not known (import/lease_file_merge.h), for the
/// dnsmasq that runs this program. False if it failed, or was not done in time.
bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file,
                                std::chrono::seconds at_most);

/// Prints the init stream from the status files themselves. False if that failed.
bool print_init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                ReadPolicy policy);

}  // namespace leases
