#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "import/source_reader.h"
#include "store/settings.h"

namespace leases {

/// Takes one line about a file that could not be used as it is. It may take its time: nothing is locked.
using ImportWarning = std::function<void(const std::string& line)>;

struct ImportResult {
  std::size_t networks = 0;
  std::size_t leases = 0;
  /// Sources that could not be read whole, by path.
  std::vector<std::string> damaged{};
  /// Sources, and directories with sources, that the system failed to look at: another import may succeed.
  std::size_t failed = 0;
  /// Whether there is a source whose writer was in the middle of writing all the time: another import has to
  /// look at it soon.
  bool is_unsettled = false;
};

/// How long an import waits, all in all, for sources to rest that are being written.
inline constexpr std::chrono::milliseconds kForWriters{1200};

/// Makes the index from the status files and the sources that are configured; with ImportScope::changed only
/// if any of them changed. What is wrong with one of them does not touch the others:
///
/// - A damaged status file is set aside as <network>.status.damaged-<time>, and its network goes on with the
///   records that can still be read and those of the index, of each address the more recent.
/// - A status file that was removed is written again with the leases that the index still has, unless it is
///   libvirt that removed its own: then the network was undefined, and what is kept of it goes, too.
/// - If a source cannot be read whole, what the index has from it stays until it can. A source that is gone
///   is forgotten.
/// - What the index knows from a source that the system failed to look at, or that is being written, stays.
///
/// Sources are read before the store is locked; what another import did meanwhile is not undone, but its
/// sources are looked at again. Gives up the rights that a transaction does not need (prepare_store()).
/// Throws Error if the system fails with anything but a source.
ImportResult import_files(const Settings& configured, ImportScope scope, const ImportWarning& warn,
                          std::chrono::milliseconds patience = kForWriters);

}  // namespace leases
