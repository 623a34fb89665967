#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "helper/lease_store.h"
#include "helper/settings.h"
#include "helper/status_parser.h"

namespace leases {

enum class ImportScope {
  changed,     ///< read the files that the index does not know as they are
  everything,  ///< read all of them
};

/// Reads a network's status file, which has to exist. What is no file that can be read counts as damage. The
/// leases point to `network`. Throws StoreError for what is the system's fault and not the file's.
ParsedStatus read_status_file(const Directory& directory, std::string_view network);

/// Takes one line about a file that could not be used as it is.
using ImportWarning = std::function<void(const std::string& line)>;

struct ImportResult {
  std::size_t networks = 0;
  std::size_t leases = 0;
  /// Sources, and directories with sources, that the system failed to look at: another import may succeed.
  std::size_t failed = 0;
};

/// Makes the index from the status files and the sources of the settings; with ImportScope::changed only if
/// any of them changed. What is wrong with one of them does not touch the others:
///
/// - A damaged status file is kept aside as <network>.status.damaged-<time>, and its network goes on with
/// what can
///   still be read of it and what the index knows, of each address the more recent.
/// - A status file that was removed is written again with the leases that the index still has, unless it is
///   libvirt that removed its own: then the network was undefined, and what is kept of it goes, too.
/// - A source that is empty or cannot be read whole is left as it is, and what the index knows from it stays
///   until it can. A source that is gone is forgotten.
/// - What the index knows from a source that the system failed to look at stays.
///
/// The store must have been opened for StoreUse::import. Throws StoreError if the system fails with anything
/// but a source.
ImportResult import_files(LeaseStore& store, const Settings& settings, ImportScope scope,
                          const ImportWarning& warn);

}  // namespace leases
