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

/// A snapshot of the index, even while others write; without leases if it cannot be opened.
class PresentIndex {
 public:
  explicit PresentIndex(const Settings& settings);

  [[nodiscard]] IndexView view() const { return copy_ ? copy_->view() : IndexView(); }

 private:
  std::optional<IndexCopy> copy_;
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
