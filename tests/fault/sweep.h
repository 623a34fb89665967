#pragma once

#include <cstdlib>
#include <vector>

#include "tests/fault/scenario.h"
#include "tests/fault/witness.h"

namespace leases::test {

/// Whether scripts/soak runs this: then as much as there is to run, not as much as there is time for.
inline bool is_soak() {
  return std::getenv("NSS_LEASES_SOAK") != nullptr;
}

/// The scenarios, made when they are first asked for.
const std::vector<Scenario>& scenarios();

/// Lets the one witness of this program watch a scenario for as long as this object lives.
class Watched {
 public:
  explicit Watched(const Scenario& scenario);
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched();
};

/// That the witness has seen enough, and nothing wrong.
void check_witness();

/// That status files and index are whole, and each as it was before the call or as it is after it.
void check_whole(const Scenario& scenario);

/// That the next event finds the store in order or puts it in order, and loses nothing; and that the call,
/// made once more, has all of its effect.
void check_repaired(const Scenario& scenario);

}  // namespace leases::test
