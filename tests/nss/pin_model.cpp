#include "tests/nss/pin_model.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace leases::test {

namespace {

constexpr std::size_t kMostThreads = 3;
constexpr std::size_t kMostSlots = 4;
constexpr int kStripes = 2;

/// What a thread does next. Each is one access to what the threads share; the names are those of
/// live_index.cpp.
enum class Step : std::uint8_t {
  begin,  ///< idle, or about to load the number of the current slot: pin_current()
  raise_pin,
  confirm_current,
  look_at_path,  // is_fresh()
  use,
  open_file,        // map_index()
  claim_free_slot,  // fill_free_slot()
  fill,
  publish,
  swap_current,  // replace_current()
  drop_current,
  retire,
  lower_pin,  // unpin()
  look_if_retired,
  claim_retired,  // unmap_if_unused()
  read_first_pins,
  read_second_pins,
  unmap,
  free_slot,
  restore,
  read_first_pins_again,
  read_second_pins_again,
  replaced,  ///< what follows replace_current(); shares nothing, so no thread rests here
  dropped,
};

enum class SlotState : std::uint8_t { free, filling, live, retired, unmapping };
/// Of files only this matters: whether it is the one in place.
enum class Mapped : std::uint8_t { nothing, present, outdated };

struct Slot {
  SlotState state;
  Mapped mapped;
  std::array<std::uint8_t, kStripes> pins;
};

struct Thread {
  Step next;
  Step then;            ///< after a slot was unpinned or unmapped
  std::uint8_t slot;    ///< the number of the slot that this lookup has pinned and may use; 0: none
  std::uint8_t number;  ///< of the slot at hand
  std::uint8_t target;  ///< of the slot that is unpinned or unmapped
  Mapped own;           ///< mapped, and in no slot

  [[nodiscard]] std::string_view bytes() const { return {reinterpret_cast<const char*>(this), sizeof *this}; }
};

/// Bytes only, without padding, so that states are compared as such.
struct State {
  bool is_file_there;
  std::uint8_t current;  ///< the number of a slot; 0: none
  std::array<Slot, kMostSlots> slots;
  std::array<Thread, kMostThreads> threads;

  friend bool operator==(const State& a, const State& b) { return std::ranges::equal(a.bytes(), b.bytes()); }
  [[nodiscard]] std::string_view bytes() const { return {reinterpret_cast<const char*>(this), sizeof *this}; }
};
static_assert(sizeof(State) == 2 + kMostSlots * 4 + kMostThreads * 6);

struct StateHash {
  std::size_t operator()(const State& state) const { return std::hash<std::string_view>()(state.bytes()); }
};

class Checker {
 public:
  Checker(std::size_t threads, std::size_t slots, PinMistake mistake)
      : threads_(threads), slots_(slots), mistake_(mistake) {}

  PinCheck run() {
    visit(State{});
    while (!waiting_.empty() && violation_.empty()) {
      const State state = *waiting_.front();
      waiting_.pop_front();
      check_rest(state);
      change_file(state);
      for (std::size_t i = 0; i < threads_; ++i) advance(state, i);
    }
    return {violation_, seen_.size()};
  }

 private:
  /// The first and the third thread have the same stripe, so it does not matter which of them is which.
  void visit(State state) {
    if (state.threads[2].bytes() < state.threads[0].bytes() && threads_ == 3)
      std::swap(state.threads[0], state.threads[2]);
    const auto [place, is_new] = seen_.insert(state);
    if (is_new) waiting_.push_back(&*place);
  }

  void expect(bool is_right, const char* what) {
    if (!is_right && violation_.empty()) violation_ = what;
  }

  /// When nobody looks up, only the current slot has a mapping, and nobody is left in a slot.
  void check_rest(const State& state) {
    for (std::size_t i = 0; i < threads_; ++i) {
      if (state.threads[i].next != Step::begin) return;
    }
    for (std::size_t i = 0; i < slots_; ++i) {
      const Slot& slot = state.slots[i];
      expect(slot.pins[0] == 0 && slot.pins[1] == 0, "a pin is left raised");
      const bool is_current = state.current == i + 1;
      expect(slot.state == (is_current ? SlotState::live : SlotState::free),
             "a slot is neither current nor free");
      expect((slot.mapped != Mapped::nothing) == is_current, "a mapping is left over");
    }
  }

  /// The file is replaced, or comes back, or vanishes.
  void change_file(const State& state) {
    for (const bool is_there : {true, false}) {
      if (!is_there && !state.is_file_there) continue;
      State next = state;
      next.is_file_there = is_there;
      const auto outdate = [](Mapped& mapped) {
        if (mapped == Mapped::present) mapped = Mapped::outdated;
      };
      for (Slot& slot : next.slots) outdate(slot.mapped);
      for (Thread& thread : next.threads) outdate(thread.own);
      visit(next);
    }
  }

  /// Every state that the next step of a thread can lead to.
  void advance(const State& state, std::size_t number) {
    State next = state;
    Thread& thread = next.threads[number];
    const auto stripe = static_cast<std::size_t>(number % kStripes);
    const auto slot = [&](std::uint8_t which) -> Slot& { return next.slots[which - 1]; };
    const auto unpin = [&](std::uint8_t which, Step then) {
      thread.target = which;
      thread.slot = 0;
      thread.then = then;
      thread.next = Step::lower_pin;
    };
    const auto either = [&](Step one, Step other) {
      thread.next = one;
      visit(next);
      thread.next = other;
    };
    const auto finish = [&] {
      const Step then = std::exchange(thread.then, Step::begin);
      thread.target = 0;
      thread.next = Step::begin;
      if ((then == Step::replaced || then == Step::dropped) && thread.slot != 0)
        unpin(thread.slot, Step::begin);
    };
    const auto read_pins = [&](std::size_t which, Step if_raised, Step if_not) {
      thread.next = slot(thread.target).pins[which] != 0 ? if_raised : if_not;
    };

    switch (thread.next) {
      case Step::begin:
        thread.number = next.current;
        thread.next = thread.number == 0 ? Step::open_file : Step::raise_pin;
        break;
      case Step::raise_pin:
        ++slot(thread.number).pins[stripe];
        thread.next = Step::confirm_current;
        break;
      case Step::confirm_current:
        if (next.current == thread.number || mistake_ == PinMistake::pin_is_not_confirmed) {
          thread.slot = thread.number;
          thread.number = 0;
          either(Step::use, Step::look_at_path);
        } else {
          unpin(thread.number, Step::begin);
          thread.number = 0;
        }
        break;
      case Step::look_at_path:
        expect(slot(thread.slot).mapped != Mapped::nothing, "a lookup has nothing mapped");
        thread.next =
            next.is_file_there && slot(thread.slot).mapped == Mapped::present ? Step::use : Step::open_file;
        break;
      case Step::use:
        expect(slot(thread.slot).mapped != Mapped::nothing, "a lookup has nothing mapped");
        unpin(thread.slot, Step::begin);
        break;
      case Step::open_file:
        // The system may refuse at any time; then the lookup goes on with what it has.
        thread.next = thread.slot != 0 ? Step::use : Step::begin;
        visit(next);
        if (next.is_file_there) {
          thread.own = Mapped::present;
          thread.number = 1;
          thread.next = Step::claim_free_slot;
        } else {
          thread.next = thread.slot != 0 ? Step::drop_current : Step::begin;
        }
        break;
      case Step::claim_free_slot:
        if (slot(thread.number).state == SlotState::free) {
          slot(thread.number).state = SlotState::filling;
          thread.next = Step::fill;
        } else if (thread.number < slots_) {
          ++thread.number;
        } else {
          // It uses a mapping of its own, in no slot.
          thread.number = 0;
          thread.own = Mapped::nothing;
          thread.next = Step::begin;
          if (thread.slot != 0) unpin(thread.slot, Step::begin);
        }
        break;
      case Step::fill:
        expect(slot(thread.number).mapped == Mapped::nothing, "a mapping is written over");
        slot(thread.number).mapped = thread.own;
        thread.own = Mapped::nothing;
        thread.next = Step::publish;
        break;
      case Step::publish:
        slot(thread.number).state = SlotState::live;
        thread.next = Step::swap_current;
        break;
      case Step::swap_current: {
        const bool is_first = next.current == thread.slot;
        if (is_first) next.current = thread.number;
        thread.target = is_first ? thread.slot : thread.number;
        thread.number = 0;
        thread.then = Step::replaced;
        thread.next = Step::retire;
        if (thread.target == 0) finish();
        break;
      }
      case Step::drop_current: {
        const bool is_first = next.current == thread.slot;
        if (is_first) next.current = 0;
        thread.target = thread.slot;
        thread.then = Step::dropped;
        thread.next = Step::retire;
        if (!is_first) finish();
        break;
      }
      case Step::retire:
        slot(thread.target).state = SlotState::retired;
        thread.next = Step::claim_retired;
        break;
      case Step::lower_pin:
        --slot(thread.target).pins[stripe];
        thread.next = Step::look_if_retired;
        break;
      case Step::look_if_retired:
        if (slot(thread.target).state == SlotState::retired) {
          thread.next = mistake_ == PinMistake::pins_are_read_before_claim ? Step::read_first_pins
                                                                           : Step::claim_retired;
        } else {
          finish();
        }
        break;
      case Step::claim_retired:
        if (slot(thread.target).state == SlotState::retired) {
          slot(thread.target).state = SlotState::unmapping;
          thread.next =
              mistake_ == PinMistake::pins_are_read_before_claim ? Step::unmap : Step::read_first_pins;
        } else {
          finish();
        }
        break;
      case Step::read_first_pins:
        read_pins(0, Step::restore, Step::read_second_pins);
        break;
      case Step::read_second_pins:
        read_pins(1, Step::restore,
                  mistake_ == PinMistake::pins_are_read_before_claim ? Step::claim_retired : Step::unmap);
        break;
      case Step::unmap:
        for (std::size_t i = 0; i < threads_; ++i)
          expect(next.threads[i].slot != thread.target, "a mapping is unmapped while a lookup has it");
        if (mistake_ == PinMistake::slot_is_freed_early) {
          slot(thread.target).state = SlotState::free;
        } else {
          slot(thread.target).mapped = Mapped::nothing;
        }
        thread.next = Step::free_slot;
        break;
      case Step::free_slot:
        slot(thread.target).mapped = Mapped::nothing;
        slot(thread.target).state = SlotState::free;
        finish();
        break;
      case Step::restore:
        if (slot(thread.target).state == SlotState::unmapping) slot(thread.target).state = SlotState::retired;
        thread.next = Step::read_first_pins_again;
        if (mistake_ == PinMistake::pins_are_not_read_again) finish();
        break;
      case Step::read_first_pins_again:
        thread.next = Step::read_second_pins_again;
        if (slot(thread.target).pins[0] != 0) finish();
        break;
      case Step::read_second_pins_again:
        thread.next = Step::claim_retired;
        if (slot(thread.target).pins[1] != 0) finish();
        break;
      case Step::replaced:
      case Step::dropped:
        break;
    }
    visit(next);
  }

  std::size_t threads_;
  std::size_t slots_;
  PinMistake mistake_;
  std::unordered_set<State, StateHash> seen_;
  std::deque<const State*> waiting_;
  std::string violation_;
};

}  // namespace

PinCheck check_pins(std::size_t threads, std::size_t slots, PinMistake mistake) {
  return Checker(threads, slots, mistake).run();
}

}  // namespace leases::test
