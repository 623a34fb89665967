#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/fault/scenario.h"
#include "tests/fault/tracee.h"
#include "tests/fault/witness.h"

namespace leases::test {

/// Whether scripts/soak runs this: then as much as there is to run, not as much as there is time for.
inline bool is_soak() {
  return std::getenv("NSS_LEASES_SOAK") != nullptr;
}

/// The scenarios, made when they are first asked for.
const std::vector<Scenario>& scenarios();

/// One run of a sweep.
struct Disturbance {
  const Scenario* scenario = nullptr;
  Interference interference;
};

/// What is done to which process and where, and the command that does it once more: for the message of a test
/// that fails.
std::string description(const Scenario& scenario, const Interference& interference);

/// What NSS_LEASES_DISTURB names, in the words of description(). No scenario if it is not set.
Disturbance named_disturbance();

/// A run of a scenario that is left alone, from its beginning. A run in which `init` gave up waiting for its
/// importer, as it does on a machine that is busy enough, does not count: it takes another course.
TracedRun undisturbed_run(const Scenario& scenario);

/// Lets the one witness of this program watch a scenario for as long as this object lives.
class Watched {
 public:
  explicit Watched(const Scenario& scenario);
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched();
};

/// Checks that the witness has seen enough, and nothing wrong.
void check_witness();

/// Checks that status files and index are whole, each in the state before the call or after it.
void check_whole(const Scenario& scenario);

/// Checks that the next event finds the store in order or repairs it, and loses nothing; and that the call,
/// made once more, has its whole effect.
void check_repaired(const Scenario& scenario);

}  // namespace leases::test
