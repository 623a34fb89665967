#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/importer_call.h"
#include "util/deadline.h"

namespace leases {

/// These functions run `leases-import`, which is installed beside this program, and wait for it. The helper
/// starts with every event, so it contains no JSON parser: it needs one only after a reboot, or when another
/// program wrote a status file. No StoreTransaction may be open, since the importer takes the lock itself. If
/// it fails or cannot be run, the reason is logged.

enum class Import : std::uint8_t {
  done,
  index_failed,  ///< something is wrong with the runtime directory or the index, and with nothing else
  failed,
};

/// Brings the index up to date with the status files. An importer that is still running at `until` is killed,
/// which leaves the files and the index whole: a source may be on a disk or server that does not answer.
Import run_importer(const std::string& settings_path, const std::optional<Deadline>& until = {});

/// Takes over from dnsmasq's lease file what is not known yet (import/lease_file_merge.h), for the dnsmasq
/// that runs this program. False if that failed or took too long.
bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file,
                                const Deadline& until);

/// The init stream, made from the status files themselves. Nothing if that failed or took too long.
std::optional<std::string> init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                                ReadPolicy policy, const std::optional<Deadline>& until = {});

}  // namespace leases
