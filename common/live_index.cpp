#include "common/live_index.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <iterator>

#include "common/mapping.h"

namespace leases {

namespace {

/// tests/nss/pin_model.cpp has this protocol as a model, which is checked in every order of its steps:
/// whoever changes one changes the other.
///
/// A mapping is in use while any of its pins is raised. The pins of a slot are on cache lines of their own,
/// so that threads on different cores do not wait for each other. A lookup lowers the pin that it raised.
constexpr std::uint32_t kStripes = 16;
/// More than two are in use only when lookups outlast two replacements, and in children that were forked
/// during a lookup.
constexpr std::uint32_t kSlots = 4;
constexpr std::uint64_t kCheckInterval = 100;  // ms

struct alignas(64) Pins {
  std::atomic<std::uint32_t> raised;
};

struct Slot {
  enum State : std::uint32_t { free, filling, live, retired, unmapping };

  std::atomic<std::uint32_t> state;
  std::atomic<std::uint64_t> checked_at;  // ms
  Mapping mapping;
  Pins pins[kStripes];
};

constinit Slot g_slots[kSlots]{};
/// The number of the slot that lookups use, counted from 1; 0: none.
constinit std::atomic<std::uint32_t> g_current{0};

Slot& slot_of(std::uint32_t number) {
  return g_slots[number - 1];
}

/// Different processors get different stripes, as long as there are enough. The C library knows the processor
/// without a system call (rseq(2), or the vDSO). If the thread moves during a lookup, that only costs time.
std::uint32_t present_stripe() {
  const int processor = sched_getcpu();
  return processor < 0 ? 0 : static_cast<std::uint32_t>(processor) % kStripes;
}

bool is_pinned(const Slot& slot) {
  return std::any_of(std::begin(slot.pins), std::end(slot.pins),
                     [](const Pins& pins) { return pins.raised.load() != 0; });
}

void unmap_if_unused(Slot& slot) {
  // Claimed before the pins are read: a thread that read them first and was then held up could unmap what the
  // slot has been filled with since.
  std::uint32_t state = Slot::retired;
  while (slot.state.compare_exchange_strong(state, Slot::unmapping)) {
    if (!is_pinned(slot)) {
      unmap(slot.mapping.index);
      slot.state.store(Slot::free);
      return;
    }
    slot.state.store(Slot::retired);
    // A thread that lowered the last pin meanwhile found the slot claimed and left it to us.
    if (is_pinned(slot)) return;
    state = Slot::retired;
  }
}

void unpin(Slot& slot, std::uint32_t stripe) {
  slot.pins[stripe].raised.fetch_sub(1);
  if (slot.state.load() == Slot::retired) unmap_if_unused(slot);
}

/// Raises a pin of the current slot. The pin comes first: a thread that retires the slot after that sees it.
/// A thread that retired it before has changed g_current, and the pin is lowered again.
std::uint32_t pin_current(std::uint32_t stripe) {
  for (;;) {
    const std::uint32_t number = g_current.load();
    if (number == 0) return 0;
    slot_of(number).pins[stripe].raised.fetch_add(1);
    if (g_current.load() == number) return number;
    unpin(slot_of(number), stripe);
  }
}

/// Retires a slot, if it is still the current one. `next` is the number of its successor; 0: none.
bool replace_current(std::uint32_t number, std::uint32_t next) {
  if (!g_current.compare_exchange_strong(number, next)) return false;
  if (number != 0) {
    slot_of(number).state.store(Slot::retired);
    unmap_if_unused(slot_of(number));
  }
  return true;
}

std::uint32_t fill_free_slot(const Mapping& mapping, std::uint64_t now_ms) {
  for (std::uint32_t number = 1; number <= kSlots; ++number) {
    std::uint32_t state = Slot::free;
    Slot& slot = slot_of(number);
    if (!slot.state.compare_exchange_strong(state, Slot::filling)) continue;
    slot.mapping = mapping;
    slot.checked_at.store(now_ms);
    slot.state.store(Slot::live);
    return number;
  }
  return 0;
}

/// Whether this thread is to examine the file itself, which one does in 100 ms: other programs may have
/// emptied the directory, put another file there, or cut this one short.
bool is_check_due(Slot& slot, std::uint64_t now_ms) {
  std::uint64_t checked_at = slot.checked_at.load(std::memory_order_relaxed);
  return now_ms - checked_at >= kCheckInterval && slot.checked_at.compare_exchange_strong(checked_at, now_ms);
}

/// Whether this lookup can use the mapping.
bool is_fresh(Slot& slot, std::uint64_t now_ms) {
  // The path comes first: of a file that was cut to nothing, not even the mark can be read.
  const bool is_due = is_check_due(slot, now_ms);
  if (is_due && is_in_place(slot.mapping) == InPlace::no) return false;
  if (!slot.mapping.index.superseded()) return true;
  // A marked file is about to be replaced; if its writer was killed before that, there is no other. One that
  // was emptied is of no use, even if somebody put it into place again.
  return !slot.mapping.index.emptied() && (is_due || is_in_place(slot.mapping) != InPlace::no);
}

}  // namespace

LiveIndex::LiveIndex() noexcept {
  timespec time;
  clock_gettime(CLOCK_REALTIME_COARSE, &time);
  now_ = {static_cast<std::uint64_t>(time.tv_sec)};
  const std::uint64_t now_ms = now_.value * 1000 + static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;

  stripe_ = present_stripe();
  for (;;) {
    slot_ = pin_current(stripe_);
    if (slot_ != 0 && is_fresh(slot_of(slot_), now_ms)) break;

    Mapping mapping;
    const MapResult result = map_index(mapping);
    if (result == MapResult::unreachable) {
      // With the mapping there is, unless another file is in its place, or it was cut short: then not even
      // its mark can be read.
      const bool is_usable = slot_ != 0 && is_in_place(slot_of(slot_).mapping) != InPlace::no &&
                             !slot_of(slot_).mapping.index.emptied();
      if (!is_usable) return;
      break;
    }
    if (result == MapResult::absent) {
      const std::uint32_t pinned = slot_;
      slot_ = 0;
      if (pinned == 0) return;
      replace_current(pinned, 0);
      unpin(slot_of(pinned), stripe_);
      return;
    }
    const std::uint32_t number = fill_free_slot(mapping, now_ms);
    if (number == 0) {
      if (slot_ != 0) unpin(slot_of(slot_), stripe_);
      slot_ = 0;
      own_ = mapping.index;
      index_ = &own_;
      return;
    }
    if (!replace_current(slot_, number)) {  // another thread was faster
      slot_of(number).state.store(Slot::retired);
      unmap_if_unused(slot_of(number));
    }
    if (slot_ != 0) unpin(slot_of(slot_), stripe_);
  }
  index_ = &slot_of(slot_).mapping.index;
}

LiveIndex::~LiveIndex() {
  if (slot_ != 0) {
    unpin(slot_of(slot_), stripe_);
  } else if (index_ != nullptr) {
    unmap(own_);
  }
}

}  // namespace leases
