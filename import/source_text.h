#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "common/time.h"

namespace leases {

/// The most leases, or guests, that a source may have: as many as leases-share takes from another host. An
/// index has about 170 bytes of each, and all sources are in one /run, which is small.
inline constexpr std::size_t kMostRecords = 200'000;

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
  /// More leases or guests are too many: TooManyRecords.
  std::size_t most_records = kMostRecords;
};

}  // namespace leases
