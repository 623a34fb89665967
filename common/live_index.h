#pragma once

#include <cstddef>
#include <cstdint>

#include "common/host_index.h"
#include "common/time.h"

namespace leases {

/// The index that is mapped into this process, held for one lookup. All threads share the mapping. It is kept
/// between lookups and replaced when the writer replaces the file; an object of this class keeps it mapped.
///
/// There is no lock, no thread-local variable and no open file, and while the file stays the same no system
/// call except for one stat(2) in 100 ms. So it may be used in a signal handler, by a thread that is about to
/// be cancelled, and on both sides of a fork(2).
class LiveIndex {
 public:
  LiveIndex() noexcept;
  LiveIndex(const LiveIndex&) = delete;
  LiveIndex& operator=(const LiveIndex&) = delete;
  ~LiveIndex();

  /// Null if there is no index that can be trusted.
  [[nodiscard]] const IndexImage* get() const { return index_; }
  /// The time of this lookup: leases that expired by then are not answered.
  [[nodiscard]] EpochSeconds now() const { return now_; }

 private:
  const IndexImage* index_ = nullptr;
  EpochSeconds now_;
  std::uint32_t slot_ = 0;    ///< the number of the pinned slot; 0: none
  std::uint32_t stripe_ = 0;  ///< which of the slot's pins is raised
  IndexImage own_;            ///< a mapping for this lookup alone, if no slot was free
};

/// What ask(const IndexView&, EpochSeconds now) returns, or `unavailable` if there is no index that can be
/// trusted. It is asked again with the next index if this one's contents went meanwhile: then what was found
/// counts for nothing, an absence least of all.
template <typename Result, typename Ask>
Result ask_live_index(Result unavailable, Ask&& ask) {
  for (;;) {
    const LiveIndex live;
    if (live.get() == nullptr) return unavailable;
    const auto view = IndexView::of(*live.get());
    Result result = view ? ask(*view, live.now()) : unavailable;
    if (!live.get()->emptied()) return result;
  }
}

}  // namespace leases
