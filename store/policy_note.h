#pragma once

#include <cstdint>

#include "store/runtime_note.h"
#include "store/writable_index.h"
#include "util/directory.h"

namespace leases {

/// hosts.policy in the runtime directory, beside the index. It says which name policy judged the leases in
/// that index's snapshot, so that an import need not judge them again. It does not cover overlays: an event
/// judges its own leases by the policy that it finds.
///
/// Whoever makes an index writes the note afterwards, under the store's lock. It names that one file, and is
/// removed before another index takes its place. Without it, or if it names another policy or index, all
/// leases are judged. So a writer that is killed in between costs only time.
class PolicyNote {
 public:
  explicit PolicyNote(const Directory& runtime_directory) : note_(runtime_directory, "hosts.policy", 256) {}

  /// Whether the note names this policy and this index. False if it cannot be read. `policy` is
  /// NamePolicy::fingerprint().
  [[nodiscard]] bool says(const WritableIndex& index, std::uint64_t policy) const;
  /// Writes the note. A failure is ignored.
  void write(const WritableIndex& index, std::uint64_t policy) const;
  void remove() const noexcept { note_.remove(); }

 private:
  RuntimeNote note_;
};

}  // namespace leases
