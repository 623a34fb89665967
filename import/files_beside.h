#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/index_layout.h"
#include "import/source_file.h"
#include "import/source_list.h"

namespace leases {

/// The files beside one whose kind has such (`beside` in common/source_kind.h). Their writer moves all of
/// them while it makes the log shorter, so what is read of them and of the file itself belongs together only
/// if they are still there afterwards.
class FilesBeside {
 public:
  /// Throws Error if the system fails.
  explicit FilesBeside(const SourceFile& source);

  [[nodiscard]] bool any() const;
  /// The path of one that is there and cannot be read; empty if there is none.
  [[nodiscard]] std::string unusable() const;
  /// Whether these, and the source's file with this stamp, are still in their places. The file may have
  /// grown.
  [[nodiscard]] bool are_in_place(const layout::FileStamp& stamp) const;
  /// When the latest of them was written, in nanoseconds since 1970; 0 if there is none.
  [[nodiscard]] std::int64_t written_ns() const;
  /// As SourceText has them.
  [[nodiscard]] std::array<std::optional<std::string_view>, 3> texts() const;

 private:
  std::string path_;
  std::array<std::string, 3> paths_;  ///< empty: there is no such file, or it does not count
  std::array<FoundFile, 3> files_;
};

}  // namespace leases
