#pragma once

#include <optional>
#include <vector>

#include "common/host_index.h"
#include "import/source_list.h"
#include "import/source_reader.h"
#include "import/sources_in_index.h"
#include "store/index_copy.h"
#include "store/indexed_source.h"
#include "store/settings.h"

namespace leases {

/// A snapshot of the index, even while others write; without leases if it cannot be opened. Most imports need
/// the sources alone, and the leases of a large index are not read before they are asked for.
class PresentIndex {
 public:
  /// `settings` must outlive it.
  explicit PresentIndex(const Settings& settings) : settings_(settings) {}

  [[nodiscard]] IndexView view() const { return view_of(all_, IndexCopy::Part::all); }
  /// Without leases, guests and names.
  [[nodiscard]] IndexView sources() const { return view_of(sources_, IndexCopy::Part::sources); }

 private:
  using Copy = std::optional<std::optional<IndexCopy>>;  ///< nothing: not yet made

  IndexView view_of(Copy& copy, IndexCopy::Part part) const;

  const Settings& settings_;
  mutable Copy all_;
  mutable Copy sources_;
};

/// A copy; nothing for nullptr.
std::optional<IndexedSource> copy_of(const IndexedSource* source);

/// What a look at one source found, and what was known of it then.
struct Reading {
  SourceFile file;
  std::optional<IndexedSource> base;
  SourceReading contents;

  /// Whether it could change the index.
  [[nodiscard]] bool is_news() const;
};

/// All sources at one time, read before the store is locked.
struct Readings {
  Readings(const Settings& settings, const SourcesInIndex& index, SourceReader& reader, ImportScope scope);

  [[nodiscard]] bool any(SourceReading::State state) const;
  [[nodiscard]] bool any_news() const;

  SourceListing files;
  std::vector<IndexedSource> known;  ///< all that the index knew
  std::vector<Reading> list;
};

}  // namespace leases
