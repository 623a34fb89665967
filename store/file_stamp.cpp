#include "store/file_stamp.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace leases {

namespace {

/// A file's owner can give it any time. Times out of bounds are cut, so that two of these have a difference,
/// too.
std::int64_t nanoseconds_of(const timespec& time) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 2 / kNanoseconds;
  return std::clamp<std::int64_t>(time.tv_sec, -kMost, kMost) * kNanoseconds + time.tv_nsec;
}

}  // namespace

layout::FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds_of(status.st_mtim), nanoseconds_of(status.st_ctim)};
}

}  // namespace leases
