#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/index_layout.h"

namespace leases {

/// What was appended to a log of lines since it was last read. To read that costs as much as it is long,
/// however long the log is.
struct LogAddition {
  std::string text;         ///< the log's first line, then what is new
  std::size_t skipped = 0;  ///< bytes between the two
  layout::FileStamp stamp{};
  std::uint64_t content = 0;  ///< content_of_log()
};

/// The content by which a log is known: the hash of its last 4096 bytes.
std::uint64_t content_of_log(std::string_view text);

/// `stamp` and `content` are what was known of the log then. Nothing if it has to be read as a whole: another
/// file is in its place, it is not longer, it is larger than any source may be, it ended in the middle of a
/// line, or it does not have the same bytes at that place: somebody wrote it anew. Only an edit that leaves
/// the last 4096 bytes where they were is not noticed; servers write another file instead. Throws Error if
/// the system fails.
std::optional<LogAddition> addition_to_log(const std::string& path, const layout::FileStamp& stamp,
                                           std::uint64_t content);

}  // namespace leases
