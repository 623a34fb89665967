#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "import/source_reader.h"
#include "store/settings.h"

namespace leases {

/// Takes one line about a file that could not be used as it is. It may be slow: nothing is locked.
using ImportWarning = std::function<void(const std::string& line)>;

struct ImportResult {
  std::size_t networks = 0;
  std::size_t leases = 0;
  /// Sources that could not be read whole, by path.
  std::vector<std::string> damaged{};
  /// Sources, and directories with sources, that the system failed to look at: another import may succeed.
  std::size_t failed = 0;
  /// Whether a source was being written all the time: another import has to look at it soon.
  bool is_unsettled = false;
};

/// How long an import waits in total for the writers of sources to finish.
inline constexpr std::chrono::milliseconds kForWriters{1200};

/// Makes the index from the status files and the sources that are configured; with ImportScope::changed only
/// if any of them changed. A problem with one of them does not affect the others:
///
/// - A damaged status file is set aside as <network>.status.damaged-<time>. Its network goes on with the
///   records that can still be read and those of the index; for each address, the more recent one counts.
/// - A status file that was removed is written again with the leases that the index still has. But if libvirt
///   removed its own file, the network was undefined, and what the store kept of it is removed, too.
/// - If a source cannot be read whole, what the index has from it stays until it can. A source that is gone
///   is forgotten.
/// - What is left of a network that has gone, files without a lease, is removed after an hour.
/// - What the index knows from a source that the system failed to look at, or that is being written, stays.
///
/// Sources are read before the store is locked. What another import did in the meantime is not undone, but
/// its sources are looked at again. Gives up the rights that a transaction does not need (prepare_store()).
/// Throws Error if the system fails, except at a source.
ImportResult import_files(const Settings& configured, ImportScope scope, const ImportWarning& warn,
                          std::chrono::milliseconds patience = kForWriters);

}  // namespace leases
