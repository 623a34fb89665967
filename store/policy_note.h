#pragma once

#include <cstdint>

#include "store/runtime_note.h"
#include "store/writable_index.h"
#include "util/directory.h"

namespace leases {

/// hosts.policy in the runtime directory, beside the index: by which name policy all leases in that index's
/// snapshot were judged, so that an import need not judge them once more. Leases in an overlay are not meant:
/// an event judges its own by the policy that it finds.
///
/// It is written after such an index, by who made it and holds the store's lock, and names that one file; it
/// is removed before another takes its place. Without it, or if it names another policy or index, all leases
/// are judged. So a writer that is killed in between costs time and nothing else.
class PolicyNote {
 public:
  explicit PolicyNote(const Directory& runtime_directory) : note_(runtime_directory, "hosts.policy", 256) {}

  /// Whether the note says that of this index. False, too, if it cannot be read. `policy` is
  /// NamePolicy::fingerprint().
  [[nodiscard]] bool says(const WritableIndex& index, std::uint64_t policy) const;
  /// Writes it. That it cannot be written is no error.
  void write(const WritableIndex& index, std::uint64_t policy) const;
  void remove() const noexcept { note_.remove(); }

 private:
  RuntimeNote note_;
};

}  // namespace leases
