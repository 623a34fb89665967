#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/fault/witness.h"
#include "tests/fault/world.h"

namespace leases::test {

/// Something that is going to happen to a store: a call, what there is before it and what has to be there
/// after it.
struct Scenario {
  std::string text;
  std::function<void()> prepare;
  Call call;
  std::vector<Host> before;
  std::vector<Host> after;
  /// What else may be found if the call does not finish.
  std::vector<std::vector<Host>> between;
  std::vector<Expectation> answers;
  bool index_is_missing = false;
  bool file_is_damaged = false;
  /// What the index has from other programs' files, or must have after the call.
  std::vector<Host> imported_before{};
  std::vector<Host> imported_after{};
  /// What else of that may be found if a file cannot be read.
  std::vector<std::vector<Host>> imported_between{};

  /// Of the status files: `before`, `after` and `between`, each with `more`.
  [[nodiscard]] std::vector<State> states(const std::vector<Host>& more = {}) const;
  /// The same of the index, with what is imported.
  [[nodiscard]] std::vector<State> index_states(const std::vector<Host>& more = {}) const;
};

/// Every kind of transaction. Call it once, before there is a witness.
std::vector<Scenario> all_scenarios();

/// Another change, which comes next.
inline const Host kNextHost{"next", "10.77.2.2"};

/// Whether a damaged status file, or what was kept of it, can still be found.
bool damaged_text_is_kept();

}  // namespace leases::test
