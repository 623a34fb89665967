#include "helper/source_reader.h"

#include <time.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>

#include "common/hash.h"
#include "common/table.h"
#include "helper/dnsmasq_leases.h"
#include "helper/lease_store.h"
#include "helper/path_fault.h"
#include "helper/whole_file.h"

namespace leases {

namespace {

/// A million leases; what is larger is no such file, and must not take all memory.
constexpr std::size_t kMaxSize = std::size_t{1} << 28;

constexpr std::chrono::milliseconds kPause{20};
constexpr std::chrono::milliseconds kTick{4};
/// A file that has rested for this long is not being written.
constexpr std::int64_t kFresh = 1'000'000'000;

/// Where a file is, and its name there.
struct Place {
  explicit Place(const std::string& path)
      : name(std::filesystem::path(path).filename().string()),
        directory(Directory::open_existing(std::filesystem::path(path).parent_path().string())) {}

  std::string name;
  std::optional<Directory> directory;
};

/// Nothing if it is not there; all 0 if it may not even be looked at.
std::optional<layout::FileStamp> present_stamp(const std::string& path) try {
  const Place place(path);
  const auto status = place.directory ? place.directory->status_of(place.name) : std::nullopt;
  if (!status) return {};
  return stamp_of(*status);
} catch (const StoreError&) {
  return layout::FileStamp{};
}

/// What is wrong with the file or the way to it is no text. Throws StoreError if the system fails.
std::optional<WholeFile> read(const std::string& path) try {
  const Place place(path);
  if (!place.directory) return {};
  return read_whole_file(*place.directory, place.name, kMaxSize);
} catch (const StoreError& error) {
  if (!is_lasting_fault(error.error())) throw;
  return WholeFile{};
}

void parse(const SourceFile& file, std::string_view text, SourceContents& contents) {
  const auto modified = static_cast<std::uint64_t>(std::max<std::int64_t>(contents.stamp.modified_ns, 0));
  switch (file.kind) {
    case LeaseFileKind::mac_map:
      contents.guests = parse_mac_map(text);
      contents.damage = contents.guests.damage;
      contents.problems = contents.guests.problems;
      return;
    case LeaseFileKind::dnsmasq_leases:
      contents.parsed = parse_dnsmasq_leases(text, file.network, {modified});
      break;
    case LeaseFileKind::status:
    case LeaseFileKind::libvirt_status:
      contents.parsed = parse_status(text, file.network, {modified});
      break;
  }
  contents.damage = contents.parsed.damage;
  contents.problems = contents.parsed.problems;
}

bool knows_something(const KnownSource& known) {
  return !known.guests.empty() ||
         std::any_of(known.leases.begin(), known.leases.end(),
                     [time = now()](const Lease& lease) { return !lease.expiry.over_at(time); });
}

/// Whatever happens with this file does not touch the others.
SourceContents read_once(const SourceFile& file, const KnownSource& known) try {
  SourceContents contents;
  const auto found = read(file.path);
  if (!found) return contents;
  contents.stamp = found->stamp;
  contents.state = SourceContents::State::read;
  if (!found->text) {
    contents.damage = "is not a file that can be read";
    return contents;
  }
  contents.hash = Hash::of(found->text->data(), found->text->size());
  const bool had_this = known.source && known.source->content == contents.hash && contents.hash != 0;
  if (had_this && !known.source->damaged) {
    contents.state = SourceContents::State::same;
    return contents;
  }
  try {
    if (!found->text->empty() || knows_something(known)) parse(file, *found->text, contents);
  } catch (const std::bad_alloc&) {
    contents.damage = "takes more memory to read than there is";
  }
  return contents;
} catch (const StoreError& error) {
  SourceContents contents;
  contents.state = SourceContents::State::failed;
  contents.damage = std::string("could not be looked at: ") + error.what();
  return contents;
}

/// The clock that files' times are from, which goes in ticks of some milliseconds.
std::int64_t file_time() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

/// What is written twice within a tick has the same stamp both times. So the file is read in a later tick
/// than that in which it was written; but not for ever, if it is written all the time or the clock was set
/// back.
SourceContents read_in_later_tick(const SourceFile& file, const KnownSource& known, Patience& patience) {
  for (;;) {
    const std::int64_t time = file_time();
    SourceContents contents = read_once(file, known);
    if (contents.stamp.changed_ns < time || !patience.pause(kTick)) return contents;
  }
}

bool lost_leases(const SourceContents& contents, const KnownSource& known) {
  std::unordered_set<IpAddress, AddressHash> present;
  for (const Lease& lease : contents.parsed.leases) present.insert(lease.address);
  return std::any_of(known.leases.begin(), known.leases.end(), [&, time = now()](const Lease& lease) {
    return !lease.expiry.over_at(time) && !present.contains(lease.address);
  });
}

bool may_be_half_written(const SourceContents& contents, const KnownSource& known) {
  if (contents.state != SourceContents::State::read) return false;
  const std::int64_t age = file_time() - contents.stamp.modified_ns;
  return age < kFresh && (!contents.damage.empty() || lost_leases(contents, known));
}

/// One process may read what another may not, so it is tried again.
bool was_read(const Source& source) {
  return !source.damaged || source.content != 0;
}

}  // namespace

bool Patience::pause(std::chrono::milliseconds time) {
  if (time > left_) return false;
  left_ -= time;
  std::this_thread::sleep_for(time);
  return true;
}

SourceContents read_source(const SourceFile& file, const KnownSource& known, Patience& patience) {
  if (known.source && was_read(*known.source) && known.source->stamp == present_stamp(file.path)) {
    SourceContents contents;
    contents.state = SourceContents::State::as_known;
    contents.stamp = known.source->stamp;
    return contents;
  }
  SourceContents contents = read_in_later_tick(file, known, patience);
  while (may_be_half_written(contents, known) && patience.pause(kPause)) {
    SourceContents again = read_in_later_tick(file, known, patience);
    const bool rests = again.stamp == contents.stamp;
    contents = std::move(again);
    if (rests) break;
  }
  return contents;
}

}  // namespace leases
