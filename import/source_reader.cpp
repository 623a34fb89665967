#include "import/source_reader.h"

#include <time.h>

#include <algorithm>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

#include "common/hash.h"
#include "common/table.h"
#include "import/source_parsers.h"
#include "store/file_stamp.h"
#include "store/freshness.h"
#include "store/source_place.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/file_system.h"
#include "util/hash_table.h"
#include "util/regular_file.h"

namespace leases {

namespace {

/// A million leases. A larger file is not a lease file, and must not take all memory.
constexpr std::size_t kMaxSourceSize = std::size_t{1} << 28;

constexpr std::chrono::milliseconds kTick{4};

/// A problem with the file or the way to it counts as an unusable file. Throws Error if the system fails.
RegularFile read(const SourcePlace& place) try {
  if (!place.directory) return {};
  return read_regular_file(*place.directory, place.name, kMaxSourceSize);
} catch (const Error& error) {
  if (!is_permanent(error.error())) throw;
  return {RegularFile::State::unusable};
}

/// The same for the way to a file.
std::optional<SourcePlace> place_if_open(const std::string& path) try {
  return place_of(path);
} catch (const Error& error) {
  if (!is_permanent(error.error())) throw;
  return {};
}

void parse(const SourceFile& file, std::string_view text, SourceReading& contents) {
  const auto modified = static_cast<std::uint64_t>(std::max<std::int64_t>(contents.stamp.modified_ns, 0));
  contents.parsed = parse_source(file.kind, text, file.network, {modified});
  contents.damage = std::move(contents.parsed.damage);
  contents.problems = std::move(contents.parsed.problems);
}

/// A failure at this file does not affect the others.
SourceReading read_once(const SourceFile& file, const IndexedSource* known) try {
  SourceReading contents;
  const auto place = place_if_open(file.path);
  if (place && !place->refused_link.empty()) {
    contents.state = SourceReading::State::read;
    contents.damage =
        "is not read: users other than root can change the link " + place->refused_link +
        "; give it and all directories above it to root alone, or name the file that it leads to";
    return contents;
  }
  const RegularFile found = place ? read(*place) : RegularFile{RegularFile::State::unusable};
  if (found.state == RegularFile::State::absent) return contents;
  contents.stamp = stamp_of(found.status);
  contents.state = SourceReading::State::read;
  if (!found.read()) {
    contents.damage = "is not a file that can be read";
    return contents;
  }
  contents.hash = Hash::of(found.text.data(), found.text.size());
  const bool had_this = known != nullptr && known->content == contents.hash && contents.hash != 0;
  if (had_this && !known->damaged) {
    contents.state = SourceReading::State::same;
    return contents;
  }
  try {
    // An empty file is whole: no lease, no guest.
    if (!found.text.empty()) parse(file, found.text, contents);
  } catch (const std::bad_alloc&) {
    contents.damage = "needs more memory than there is";
  }
  return contents;
} catch (const Error& error) {
  SourceReading contents;
  contents.state = SourceReading::State::failed;
  contents.damage = std::string("could not be looked at: ") + error.what();
  return contents;
}

/// The clock of files' times, which advances in ticks of some milliseconds.
std::int64_t file_time() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

/// A file that is written twice within a tick has the same stamp both times. So it is read in a later tick
/// than it was written in. This gives up after a while, since the file may be written all the time, or the
/// clock was set back.
SourceReading read_after_clock_tick(const SourceFile& file, const IndexedSource* known,
                                    WaitBudget& patience) {
  for (;;) {
    const std::int64_t time = file_time();
    SourceReading contents = read_once(file, known);
    if (contents.stamp.changed_ns < time || !patience.pause(kTick)) return contents;
  }
}

/// Whether a file that seems whole lacks something that still counts. JSON has an end, so it is known to be
/// whole unless it is empty.
bool lost_something(const SourceFile& file, const SourceReading& contents, const SourcesInIndex& known) {
  if (!properties_of(file.kind).is_written_in_place && contents.stamp.size > 0) return false;
  if (!known.guests_of(file.network, file.path).empty()) return true;
  HashSet<IpAddress> present;
  for (const Lease& lease : contents.parsed.leases) present.insert(lease.address);
  return std::ranges::any_of(known.leases_of(file.network, file.path), [&, time = now()](const Lease& lease) {
    return !lease.expiry.expired_at(time) && !present.contains(lease.address);
  });
}

/// If it was not read, try again: one process may read what another may not.
bool was_read(const IndexedSource& source) {
  return !source.damaged || source.content != 0;
}

}  // namespace

bool WaitBudget::pause(std::chrono::milliseconds time) {
  if (time > left_) return false;
  left_ -= time;
  std::this_thread::sleep_for(time);
  return true;
}

SourceReading SourceReader::read(const SourceFile& file, const SourcesInIndex& known, ImportScope scope) {
  const IndexedSource* source = known.find(file.network, file.path);
  const bool is_of_kind = source != nullptr && source->kind == file.kind;
  if (!is_of_kind || scope == ImportScope::everything) source = nullptr;
  if (source != nullptr && was_read(*source)) {
    const PresentStamp present = stamp_at(file.path, *places_);
    if (present && has_stamp(source, present)) {
      SourceReading contents;
      contents.state = SourceReading::State::unchanged_stamp;
      contents.stamp = source->stamp;
      return contents;
    }
  }
  SourceReading contents = read_after_clock_tick(file, source, ticks_);
  if (contents.state != SourceReading::State::read) return contents;
  // What was taken for another kind of file does not count.
  contents.is_less = is_of_kind && lost_something(file, contents, known);
  const bool has_text = contents.hash != 0;
  if (has_text && (contents.is_less || !contents.damage.empty()))
    contents.state = SourceReading::State::unsettled;
  return contents;
}

void SourceReader::settle(const SourceFile& file, SourceReading& contents) {
  if (contents.state != SourceReading::State::unsettled || !rest_.rests(file, contents.stamp) ||
      stamp_at(file.path) != contents.stamp)
    return;
  contents.state = SourceReading::State::read;
  // dnsmasq has emptied it, cannot write it, and tries again every minute.
  if (contents.is_less && contents.stamp.size == 0 && is_full(file.path))
    contents.damage = "is empty, and its file system has no room left; make room there";
}

}  // namespace leases
