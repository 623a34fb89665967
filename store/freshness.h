#pragma once

#include <cstdint>
#include <optional>

#include "common/index_layout.h"
#include "store/indexed_source.h"

namespace leases {

/// The stamp of a file now. Nothing: the file does not exist. All 0: this process may not look at it.
using PresentStamp = std::optional<layout::FileStamp>;

/// Whether the index is up to date with a file. `known` is what the index has of the file, null if nothing;
/// then it is up to date if the file does not exist.
bool has_stamp(const IndexedSource* known, const PresentStamp& present);
bool has_stamp(const std::optional<IndexedSource>& known, const PresentStamp& present);

/// How the index compares with a file, or with all files of a network, from good to bad.
enum class IndexState : std::uint8_t {
  current,
  unknown,  ///< this user may not look at a file
  stale,  ///< a file was written; the network's next event, or `leasectl import`, brings the index up to date
  damaged  ///< a file could not be read whole; the index has what was read from it before
};

/// "current", "unknown", "stale", "damaged".
const char* name_of(IndexState state);

/// `known` as for has_stamp().
IndexState state_of(const IndexedSource* known, const PresentStamp& present);

}  // namespace leases
