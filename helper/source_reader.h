#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/index_layout.h"
#include "common/lease.h"
#include "helper/lease_source.h"
#include "helper/mac_map.h"
#include "helper/record_problem.h"
#include "helper/source.h"
#include "helper/status_parser.h"
#include "helper/table_builder.h"

namespace leases {

/// What a source has to say now.
struct SourceContents {
  enum class State : std::uint8_t {
    gone,      ///< there is no such file
    failed,    ///< the system failed to look at it: another look may succeed
    as_known,  ///< it has the stamp that it is known by, and was not read
    same,      ///< it holds what it held
    read,
  };

  State state = State::gone;
  layout::FileStamp stamp{};
  std::uint64_t hash = 0;
  std::string damage;  ///< why it is not whole, as the end of a sentence that begins with its path; or empty
  std::vector<RecordProblem> problems;  ///< what is wrong with single records; the others are what it tells
  ParsedStatus parsed;                  ///< if it tells leases
  ParsedMacMap guests;                  ///< if it tells guests
};

/// What an index knows of a source.
struct KnownSource {
  std::optional<Source> source;
  std::vector<Lease> leases;
  std::vector<KnownGuest> guests;
};

/// How long an import may wait for writers, all sources together: it holds the store's lock.
class Patience {
 public:
  /// Sleeps. False, and no sleep, if that is more than is left.
  bool pause(std::chrono::milliseconds time);

 private:
  std::chrono::milliseconds left_{100};
};

/// Reads a source if it is another than what is known of it. Its writer may be in the middle of writing:
/// dnsmasq empties its file and fills it anew. So a file that is not whole, or has lost leases that are not
/// over, is looked at again until it rests or there is no patience left.
///
/// An empty file is whole only if nothing that still counts is known from it.
SourceContents read_source(const SourceFile& file, const KnownSource& known, Patience& patience);

}  // namespace leases
