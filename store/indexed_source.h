#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/host_index.h"
#include "common/index_layout.h"
#include "common/source_kind.h"

namespace leases {

/// A file from which leases come, or names of guests, as it was when it was read. A network may have several,
/// each with a path of its own.
struct IndexedSource {
  std::string network;  ///< empty: a MAC map for all networks
  layout::FileStamp stamp{};
  SourceKind kind = SourceKind::status;
  std::string path{};         ///< empty: the network's status file in the state directory
  std::uint64_t content = 0;  ///< Hash::of what is in it, or at its end; 0 for a network's status file
  bool damaged = false;       ///< it could not be read whole; what is known of it is older
  std::string domain{};       ///< that its leases have if the file gives them none; or empty

  friend bool operator==(const IndexedSource&, const IndexedSource&) = default;

  [[nodiscard]] bool is(std::string_view its_network, std::string_view its_path) const {
    return network == its_network && path == its_path;
  }
};

/// The source at a position of a table.
IndexedSource source_of(const Table& table, std::uint32_t position);

/// The position of a source in a table, nothing if the table does not have it.
std::optional<std::uint32_t> position_of_source(const Table& table, std::string_view network,
                                                std::string_view path);

/// A source as an index knows it: its stamp is that of the file when it was read.
std::optional<IndexedSource> known_source(const IndexView& view, std::string_view network,
                                          std::string_view path);

/// All sources that an index knows, each once.
std::vector<IndexedSource> known_sources(const IndexView& view);

}  // namespace leases
