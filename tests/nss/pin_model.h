#pragma once

#include <cstddef>
#include <string>

namespace leases::test {

/// A mistake that the protocol could have, to show that the check finds it.
enum class PinMistake {
  none,
  pin_is_not_confirmed,  ///< a lookup does not look whether the slot that it pinned is still the current one
  pins_are_read_before_claim,  ///< a slot is claimed for unmapping after its pins were read
  pins_are_not_read_again,  ///< a slot that was claimed in vain is given up without another look at its pins
  slot_is_freed_early,      ///< a slot is free before its mapping is gone
};

struct PinCheck {
  std::string violation;  ///< the first state that must not be, in words; empty: there is none
  std::size_t states;     ///< how many were met
};

/// Visits every state of the protocol by which common/live_index.cpp holds mappings: threads that look up
/// without end, interleaved at each access to what they share, while the file is replaced, vanishes and comes
/// back at any time. Whoever changes that file changes this model.
///
/// No mapping may be unmapped while a lookup uses it, or written over; and when nobody looks up, there is
/// none but the current one. At most three threads and four slots.
PinCheck check_pins(std::size_t threads, std::size_t slots, PinMistake mistake = PinMistake::none);

}  // namespace leases::test
