#pragma once

#include <optional>
#include <string>

#include "common/host_index.h"
#include "store/overlay.h"
#include "store/table_builder.h"
#include "store/writable_index.h"
#include "util/file.h"

namespace leases {

/// The index that a transaction reads and changes. To be opened, and used, under the store's lock.
class OpenIndex {
 public:
  /// Makes the directory if need be: it may have been wiped. Without `is_required`, whatever goes wrong
  /// leaves an index that can only be read, or none; else this throws IndexError.
  void open(const std::string& runtime_directory, bool is_required);

  /// Whether there is an index that could be used, if only to look something up in it.
  [[nodiscard]] bool exists() const { return index_ || read_only_; }
  [[nodiscard]] bool is_writable() const { return index_.has_value(); }
  /// Empty if there is no index. Valid until the index changes.
  [[nodiscard]] const IndexView& view() const { return view_; }
  /// Why the index lacks changes that were committed; or empty.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// Publishes a change that a status file already has. A failure is kept as problem(): from the file's
  /// stamp, the next transaction sees that the index is not up to date. The index must be writable.
  void commit(const LeaseChange& change);
  /// Writes a new index. Throws IndexError.
  void replace(const TableInput& snapshot);

 private:
  void use_writable();

  std::optional<Directory> directory_;
  std::optional<WritableIndex> index_;
  std::optional<WritableIndex> read_only_;  ///< if there is no other
  std::string problem_;
  IndexView view_;
};

}  // namespace leases
