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

/// What a source has to say now.
struct SourceReading {
  enum class State : std::uint8_t {
    gone,             ///< there is no such file
    failed,           ///< the system failed to look at it: another look may succeed
    unsettled,        ///< its writer may be in the middle of writing: another look will tell
    unchanged_stamp,  ///< it has the stamp that it is known by, and was not read
    same,             ///< it holds what it held
    read,
  };

  State state = State::gone;
  bool is_less = false;  ///< it lacks something that is known and still counts
  layout::FileStamp stamp{};
  std::uint64_t hash = 0;
  std::string damage;  ///< why it is not whole, as the end of a sentence that begins with its path; or empty
  std::vector<RecordProblem> problems;  ///< what is wrong with single records; the others are what it tells
  ParsedFile parsed;
};

enum class ImportScope : std::uint8_t {
  changed,     ///< read the files that the index does not know as they are
  everything,  ///< read all of them
};

/// How much time may pass waiting for others.
class WaitBudget {
 public:
  explicit WaitBudget(std::chrono::milliseconds time) : left_(time) {}
  /// Sleeps. False, and no sleep, if that is more than is left.
  bool pause(std::chrono::milliseconds time);

 private:
  std::chrono::milliseconds left_;
};

/// Looks at sources for one import, at each as often as need be. It waits for file systems, so nothing may be
/// locked meanwhile.
class SourceReader {
 public:
  /// Reads a source if it is another than what is known of it, or if everything is to be read. What is not
  /// whole, or has lost what still counts, is unsettled.
  SourceReading read(const SourceFile& file, const SourcesInIndex& known,
                     ImportScope scope = ImportScope::changed);
  /// To be called when all are read, before what is unsettled is settled.
  void look_at_writers() { rest_.look_at_writers(); }
  /// Makes what is unsettled count as read if it rests (SourceRest): dnsmasq empties its file and fills it
  /// anew. An empty file that rests is whole.
  void settle(const SourceFile& file, SourceReading& contents);
  /// Begins to look at all of them once more.
  void begin_again() { places_.emplace(); }

 private:
  SourceRest rest_;
  std::optional<SourcePlaces> places_{std::in_place};
  WaitBudget ticks_{std::chrono::milliseconds(100)};  ///< for what was written just now
};

}  // namespace leases
