#pragma once

#include <cstddef>
#include <cstdint>

#include "common/host_index.h"
#include "common/time.h"

namespace leases::nss {

/// The index as it is mapped into this process, held for one lookup. The mapping is shared by all threads,
/// kept between lookups and replaced when the writer replaces the file; holding it keeps it mapped.
///
/// There is no lock, no thread-local variable and no open file behind it, and no system call while the file
/// stays the same, but for one stat(2) in 100 ms. So it may be used in a signal handler, by a thread that is
/// about to be cancelled, and on both sides of a fork(2).
class LiveIndex {
 public:
  LiveIndex() noexcept;
  LiveIndex(const LiveIndex&) = delete;
  LiveIndex& operator=(const LiveIndex&) = delete;
  ~LiveIndex();

  /// Null if there is no index that can be believed.
  [[nodiscard]] const IndexImage* get() const { return index_; }
  /// The time by which this lookup judges what is over.
  [[nodiscard]] EpochSeconds now() const { return now_; }

 private:
  const IndexImage* index_ = nullptr;
  EpochSeconds now_;
  std::uint32_t slot_ = 0;    ///< the number of the slot that is pinned, 0 if none is
  std::uint32_t stripe_ = 0;  ///< where it is counted
  IndexImage own_;            ///< a mapping for this lookup alone, if there was no slot for it
};

}  // namespace leases::nss
