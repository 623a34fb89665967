/// The protocol by which threads share mappings, in every order in which they can take its steps.

#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/nss/pin_model.h"

using namespace leases::test;

TEST_CASE("No lookup loses its mapping, and none is left over, whatever the order of steps") {
  const auto is_sound = [](std::size_t threads, std::size_t slots) {
    const PinCheck check = check_pins(threads, slots);
    CAPTURE(threads);
    CAPTURE(slots);
    CHECK(check.violation == "");
    MESSAGE(threads, " threads, ", slots, " slots: ", check.states, " states");
  };
  is_sound(2, 4);
  is_sound(3, 2);
  // Ten million states, for scripts/soak.
  if (std::getenv("NSS_LEASES_SOAK") != nullptr) is_sound(3, 3);
}

TEST_CASE("The check finds what would be wrong") {
  for (const PinMistake mistake : {PinMistake::pin_is_not_confirmed, PinMistake::pins_are_read_before_claim,
                                   PinMistake::pins_are_not_read_again, PinMistake::slot_is_freed_early}) {
    CAPTURE(static_cast<int>(mistake));
    CHECK(check_pins(2, 3, mistake).violation != "");
  }
}
