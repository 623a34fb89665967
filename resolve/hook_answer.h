#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/host_index.h"
#include "common/time.h"

namespace leases::resolve {

/// What a question asks for: a key of resource records (RFC 1035, 3.2.1).
struct RecordKey {
  std::uint16_t record_class;
  std::uint16_t type;
  std::string name;  ///< as text, with escapes
};

/// Resource records in wire format.
using Records = std::vector<std::string>;

/// The answer to all keys together, from leases alone. Nothing if none of the names is a lease's: then others
/// may know it. No records if a name is a lease's but has none of the type: what DNS may have under the same
/// name is another machine's, so it is not asked.
std::optional<Records> answer_of(const IndexView& view, EpochSeconds now,
                                 const std::vector<RecordKey>& question);

/// The same from the index that is in its place now; nothing if there is none.
std::optional<Records> answer_of(const std::vector<RecordKey>& question);

}  // namespace leases::resolve
