#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/host_index.h"
#include "store/index_copy.h"
#include "store/overlay.h"
#include "store/table_builder.h"
#include "store/writable_index.h"
#include "util/directory.h"

namespace leases {

/// The index that a transaction reads and changes. Open and use it only under the store's lock.
class OpenIndex {
 public:
  /// Makes the directory if necessary: it may have been wiped. If something goes wrong, throws IndexError if
  /// `is_required`; else the index can only be read, or there is none.
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
  /// Publishes changes to other programs' files. False if the index is not writable, or has no room for them
  /// and has to be replaced.
  [[nodiscard]] bool publish(const IndexChanges& changes);
  /// Writes a new index. Throws IndexError.
  void replace(const TableInput& snapshot);

  /// Whether the leases in the snapshot are known to have been judged by a name policy (PolicyNote). `policy`
  /// is NamePolicy::fingerprint().
  [[nodiscard]] bool was_judged_by(std::uint64_t policy) const;
  /// Notes that they were. Every lease in the index must agree with this policy.
  void note_policy(std::uint64_t policy) const;

 private:
  void use_writable();
  [[nodiscard]] bool append(const TableInput& overlay);

  std::optional<Directory> directory_;
  std::optional<WritableIndex> index_;
  std::optional<IndexCopy> read_only_;  ///< if there is no other
  std::string problem_;
  IndexView view_;
};

}  // namespace leases
