#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/importer_call.h"
#include "util/deadline.h"

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

/// Brings the index up to date with the status files. With `until`, an importer that has not ended
/// then is killed, which leaves files and index whole; it may have met a source that cannot be read in the
/// end.
Import run_importer(const std::string& settings_path, const std::optional<Deadline>& until = {});

/// Takes over what a lease file of dnsmasq's has that is not known (import/lease_file_merge.h), for the
/// dnsmasq that runs this program. False if it failed, or was not done in time.
bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file,
                                const Deadline& until);

/// The init stream, made from the status files themselves. Nothing if that failed, or was not done in time.
std::optional<std::string> init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                                ReadPolicy policy, const std::optional<Deadline>& until = {});

}  // namespace leases
