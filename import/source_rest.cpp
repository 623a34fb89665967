#include "import/source_rest.h"

#include <time.h>

#include <utility>

#include "util/file_system.h"

namespace leases {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMoment{500};
constexpr milliseconds kShortMoment{100};
/// A file with a time of this host's clock that is older than this was not written just now.
constexpr std::int64_t kOld = 1'000'000'000;  // ns
/// Ticks of a hundredth of a second: a thousand times as long as it takes to print the first page of leases.
constexpr std::uint64_t kLongWork = 3;

bool is_old(const layout::FileStamp& stamp) {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
  const std::int64_t present = time.tv_sec * 1'000'000'000 + time.tv_nsec;
  return present - stamp.modified_ns >= kOld;
}

}  // namespace

void SourceRest::note_writers(Seen& seen, bool is_first) const {
  const auto before = std::exchange(seen.at_work, {});
  for (const DnsmasqProcess& process : processes_) {
    if (process.is_at_rest()) continue;
    const auto known = before.find(process.number);
    // A process that has rested since the file last changed, or started after that, was not writing it.
    if (known == before.end() && !is_first) continue;
    const std::uint64_t first = known != before.end() ? known->second : process.processor_time;
    if (process.processor_time - first < kLongWork) seen.at_work[process.number] = first;
  }
}

bool SourceRest::rests(const SourceFile& file, const layout::FileStamp& stamp) {
  const auto [entry, is_new] = seen_.try_emplace(file.path);
  Seen& seen = entry->second;
  const bool is_first = is_new || seen.stamp != stamp;
  if (is_first) seen = {stamp, Clock::now(), {}};
  const bool is_dnsmasqs = properties_of(file.kind).is_dnsmasqs;
  if (is_dnsmasqs) note_writers(seen, is_first);
  if (!seen.at_work.empty()) return false;
  const bool is_told_by_processes = file_system_of(file.path) != FileSystemKind::remote;
  if (is_told_by_processes && is_old(stamp)) return true;
  const bool is_short = !is_dnsmasqs || (is_told_by_processes && !processes_.empty());
  return Clock::now() - seen.since >= (is_short ? kShortMoment : kMoment);
}

}  // namespace leases
