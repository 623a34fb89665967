#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "common/time.h"

namespace leases {

/// What a parser is given of a file. All of it has to outlive what the parser returns.
struct SourceText {
  std::string_view text;
  std::string_view network;   ///< whose leases they are
  std::string_view domain{};  ///< of leases to which the file gives none; or empty
  ChangeTime modified;        ///< when the file was written
  /// The texts of the files beside it, in the order of `beside` in the kind's row (common/source_kind.h);
  /// nothing for one that does not exist.
  std::array<std::optional<std::string_view>, 3> beside{};
  /// Of a log that was read before: how many bytes are skipped after the first line of `text`, because they
  /// are known.
  std::size_t skipped = 0;
};

}  // namespace leases
