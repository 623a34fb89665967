#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/index_layout.h"
#include "common/lease.h"
#include "import/parsed_file.h"
#include "import/record_problem.h"
#include "import/source_list.h"
#include "import/source_rest.h"
#include "import/sources_in_index.h"
#include "store/source_place.h"

namespace leases {

/// What a look at a source found.
struct SourceReading {
  enum class State : std::uint8_t {
    gone,             ///< the file does not exist
    failed,           ///< the system failed to look at it: another look may succeed
    unsettled,        ///< its writer may be in the middle of writing: another look will tell
    unchanged_stamp,  ///< it has the known stamp, and was not read
    same,             ///< it was read, and has the known content
    read,
  };

  State state = State::gone;
  /// `parsed` is what was appended to a log; what it said before still counts for other addresses.
  bool is_addition = false;
  bool is_moving = false;  ///< the file, or those beside it, were replaced whenever it was read
  bool is_less = false;    ///< it lacks a lease or guest that is known and still counts
  layout::FileStamp stamp{};
  std::uint64_t hash = 0;
  std::string damage;  ///< why it is not whole, as the end of a sentence that begins with its path; or empty
  RecordProblems problems;  ///< what is wrong with single records; the others were read
  ParsedFile parsed;
};

enum class ImportScope : std::uint8_t {
  changed,     ///< read the files with which the index is not up to date
  everything,  ///< read all of them
};

/// How long to wait for others in total.
class WaitBudget {
 public:
  explicit WaitBudget(std::chrono::milliseconds time) : left_(time) {}
  /// Sleeps; or returns false at once if less time is left.
  bool pause(std::chrono::milliseconds time);

 private:
  std::chrono::milliseconds left_;
};

/// Why a source with more than kMostRecords is damaged.
std::string too_many_records();

/// Looks at sources for one import, at each as often as necessary. It waits for file systems, so nothing may
/// be locked at the time.
class SourceReader {
 public:
  /// Reads a source if it has changed, or if everything is to be read; of a log of lines, what was appended.
  /// If it is not whole, or lacks what still counts, it is unsettled.
  SourceReading read(const SourceFile& file, const SourcesInIndex& known,
                     ImportScope scope = ImportScope::changed);
  /// Call this after all are read, before settle().
  void look_at_writers() { rest_.look_at_writers(); }
  /// Makes an unsettled source count as read if it rests (SourceRest): dnsmasq empties its file and fills it
  /// again. An empty file that rests is whole.
  void settle(const SourceFile& file, SourceReading& contents);
  /// Call this before looking at all of them again.
  void begin_again() { places_.emplace(); }

 private:
  SourceRest rest_;
  std::optional<SourcePlaces> places_{std::in_place};
  WaitBudget ticks_{std::chrono::milliseconds(100)};  ///< for files that were written just now
};

}  // namespace leases
