#include "import/source_reader.h"

#include <time.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

#include "common/hash.h"
#include "common/table.h"
#include "import/files_beside.h"
#include "import/log_addition.h"
#include "import/source_file.h"
#include "import/source_parsers.h"
#include "store/file_stamp.h"
#include "store/freshness.h"
#include "store/source_place.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/file_system.h"
#include "util/hash_table.h"

namespace leases {

namespace {

constexpr std::chrono::milliseconds kTick{4};

/// How often files that are being moved are read before another import has to.
constexpr int kMostLooks = 5;

std::string not_followed(const std::string& link) {
  return "is not read: users other than root can change the link " + link +
         "; give it and all directories above it to root alone, or name the file that it leads to";
}

std::string too_large(SourceKind kind) {
  static_assert(kMaxSourceSize == std::size_t{256} << 20);
  const char* remedy = properties_of(kind).has_one_file() ? "let its server make it shorter"
                                                          : "let Kea clean it up (its lfc-interval)";
  return std::string("is larger than 256 MiB; ") + remedy;
}

void parse(const SourceFile& file, const SourceText& text, SourceReading& contents) try {
  contents.parsed = parse_source(file.kind, text);
  contents.damage = std::move(contents.parsed.damage);
  contents.problems = std::move(contents.parsed.problems);
} catch (const TooManyRecords&) {
  contents.damage = too_many_records();
}

std::uint64_t content_of(const SourceFile& file, std::string_view text) {
  if (properties_of(file.kind).is_read_by_lines) return content_of_log(text);
  return Hash::of(text.data(), text.size());
}

/// A file, and those beside it as they are at one moment.
struct FoundFiles {
  FilesBeside beside;
  FoundFile own;
  bool are_moving = false;

  /// Why they cannot be read; empty if they can.
  [[nodiscard]] std::string damage(SourceKind kind) const {
    if (!own.refused_link.empty()) return not_followed(own.refused_link);
    if (own.is_too_large()) return too_large(kind);
    if (own.file.error == EACCES)
      return "may not be read by this user; allow it, or read it as root: leasectl import, or "
             "leases-import.path";
    if (own.file.state == RegularFile::State::unusable) return "is not a file that can be read";
    const std::string other = beside.unusable();
    return other.empty() ? other : "has a file beside it that cannot be read, " + other;
  }
};

FoundFiles find_files(const SourceFile& file) {
  for (int look = 1;; ++look) {
    FoundFiles found{FilesBeside(file), find_file(file.path)};
    if (properties_of(file.kind).has_one_file() || !found.damage(file.kind).empty()) return found;
    const RegularFile& own = found.own.file;
    found.are_moving = !found.beside.are_in_place(own.read() ? stamp_of(own.status) : layout::FileStamp{});
    if (!found.are_moving || look == kMostLooks) return found;
  }
}

/// Whether a file that has this content need not be parsed.
bool is_known(const SourceFile& file, const SourceReading& contents, const IndexedSource* known) {
  // Of other files, the content does not say all.
  const SourceProperties kind = properties_of(file.kind);
  if (kind.is_read_by_lines || !kind.has_one_file()) return false;
  return known != nullptr && !known->damaged && known->content == contents.hash && contents.hash != 0;
}

/// A failure at this file does not affect the others.
SourceReading read_once(const SourceFile& file, const IndexedSource* known) try {
  SourceReading contents;
  const FoundFiles found = find_files(file);
  const RegularFile& own = found.own.file;
  contents.damage = found.damage(file.kind);
  if (contents.damage.empty() && own.state == RegularFile::State::absent && !found.beside.any())
    return contents;
  contents.stamp = stamp_of(own.status);
  contents.state = SourceReading::State::read;
  if (!contents.damage.empty()) return contents;
  contents.hash = content_of(file, own.text);
  if (is_known(file, contents, known)) {
    contents.state = SourceReading::State::same;
    return contents;
  }
  contents.is_moving = found.are_moving;
  const std::int64_t written =
      std::max({std::int64_t{0}, contents.stamp.modified_ns, found.beside.written_ns()});
  try {
    // An empty file of most kinds is whole: no lease, no guest.
    if (!own.text.empty() || found.beside.any() || properties_of(file.kind).is_never_empty)
      parse(file,
            {own.text,
             file.network,
             file.domain,
             {static_cast<std::uint64_t>(written)},
             found.beside.texts(),
             0,
             file.is_servers ? std::numeric_limits<std::size_t>::max() : kMostRecords},
            contents);
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

/// Nothing if the file has to be read whole.
std::optional<SourceReading> read_addition(const SourceFile& file, const IndexedSource* known) try {
  if (known == nullptr || known->damaged || known->content == 0 || !properties_of(file.kind).is_read_by_lines)
    return {};
  const auto addition = addition_to_log(file.path, known->stamp, known->content);
  if (!addition) return {};
  SourceReading contents;
  contents.state = SourceReading::State::read;
  contents.is_addition = true;
  contents.stamp = addition->stamp;
  contents.hash = addition->content;
  const auto written = static_cast<std::uint64_t>(std::max<std::int64_t>(contents.stamp.modified_ns, 0));
  parse(file, {addition->text, file.network, file.domain, {written}, {}, addition->skipped}, contents);
  return contents;
} catch (const Error&) {
  return {};
} catch (const std::bad_alloc&) {
  return {};
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
    auto addition = read_addition(file, known);
    SourceReading contents = addition ? *std::move(addition) : read_once(file, known);
    if (contents.stamp.changed_ns < time || !patience.pause(kTick)) return contents;
  }
}

/// Whether a file that seems whole lacks something that still counts. JSON has an end, so it is known to be
/// whole unless it is empty; a log says which leases have ended.
bool lost_something(const SourceFile& file, const SourceReading& contents, const SourcesInIndex& known) {
  if (contents.is_addition) return false;
  const SourceProperties kind = properties_of(file.kind);
  if (!kind.is_written_in_place && !kind.is_log && contents.stamp.size > 0) return false;
  if (!known.guests_of(file.network, file.path).empty()) return true;
  HashSet<IpAddress> present;
  for (const Lease& lease : contents.parsed.leases) present.insert(lease.address);
  present.insert(contents.parsed.ended.begin(), contents.parsed.ended.end());
  return std::ranges::any_of(known.leases_of(file.network, file.path), [&, time = now()](const Lease& lease) {
    return !lease.expiry.expired_at(time) && !present.contains(lease.address);
  });
}

/// If it was not read, try again: one process may read what another may not. And what is wrong may be in a
/// file beside it.
bool was_read(const IndexedSource& source) {
  return !source.damaged || (source.content != 0 && properties_of(source.kind).has_one_file());
}

}  // namespace

std::string too_many_records() {
  return "has more than " + std::to_string(kMostRecords) +
         " leases or guests, the most that a source may have; split it, or have its server end some";
}

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
  // Its leases have another domain now. The helper, which may write libvirt's files, gives them none.
  const bool is_named_anew =
      source != nullptr && (source->domain != file.domain || (source->content == 0 && !file.domain.empty()));
  if (is_named_anew) source = nullptr;
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
  if (contents.is_moving || (has_text && (contents.is_less || !contents.damage.empty())))
    contents.state = SourceReading::State::unsettled;
  return contents;
}

void SourceReader::settle(const SourceFile& file, SourceReading& contents) {
  if (contents.state != SourceReading::State::unsettled || contents.is_moving ||
      !rest_.rests(file, contents.stamp) || stamp_at(file.path) != contents.stamp)
    return;
  contents.state = SourceReading::State::read;
  // dnsmasq has emptied it, cannot write it, and tries again every minute.
  if (contents.is_less && contents.stamp.size == 0 && is_full(file.path))
    contents.damage = "is empty, and its file system has no room left; make room there";
}

}  // namespace leases
