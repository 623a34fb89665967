#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "util/directory.h"

namespace leases {

/// A small file in the runtime directory that saves work or repetition, and that nothing depends on: losing
/// it costs no more than that. It is replaced as a whole. To be written under the store's lock, or where two
/// writers at once do no harm.
class RuntimeNote {
 public:
  /// A file of more than `limit` bytes counts as empty. The directory must outlive this object.
  RuntimeNote(const Directory& runtime_directory, const char* name, std::size_t limit)
      : directory_(runtime_directory), name_(name), limit_(limit) {}

  /// What is in it. Empty if there is no such file, or it cannot be read, or is not trusted
  /// (common/trust.h).
  [[nodiscard]] std::string text() const;
  /// False if it cannot be written.
  [[nodiscard]] bool write(std::string_view text) const;
  void remove() const noexcept { directory_.remove_if_there(name_); }

 private:
  const Directory& directory_;
  const char* name_;
  std::size_t limit_;
};

}  // namespace leases
