#include "tests/fault/sweep.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tests/support/children.h"
#include "tests/support/lab.h"

namespace leases::test {

namespace {

Witness& witness() {
  static const auto one = [] {
    std::vector<std::vector<Expectation>> expectations;
    for (const Scenario& scenario : scenarios()) expectations.push_back(scenario.answers);
    return std::make_unique<Witness>(expectations);
  }();
  return *one;
}

bool is_one_of(const State& state, const std::vector<State>& states) {
  return std::ranges::find(states, state) != states.end();
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = all_scenarios();
  return all;
}

Watched::Watched(const Scenario& scenario) {
  const auto same = [&](const Scenario& other) { return other.text == scenario.text; };
  const auto number = static_cast<std::size_t>(std::ranges::find_if(scenarios(), same) - scenarios().begin());
  // That an index was removed is seen at the next check only: until then there are answers of the scenario
  // before.
  static std::size_t last = number;
  if (std::exchange(last, number) != number) wait_for_next_check();
  witness().watch(number);
}

Watched::~Watched() {
  witness().look_away();
}

void check_witness() {
  CHECK(witness().complaint() == "");
  CHECK(witness().judged() > 1000);
}

void check_whole(const Scenario& scenario) {
  const State files = state_of_status_files();
  const State index = state_of_index();
  CAPTURE(files);
  CAPTURE(index);
  if (!scenario.file_is_damaged) CHECK(is_one_of(files, scenario.states()));
  if (!scenario.index_is_missing || index != "none") CHECK(is_one_of(index, scenario.index_states()));
  if (scenario.file_is_damaged) CHECK(damaged_text_is_kept());
}

void check_repaired(const Scenario& scenario) {
  const Finished next = run(add(kNextHost));
  CAPTURE(next.output);
  CHECK(next.status == 0);
  const State files = state_of_status_files();
  CAPTURE(files);
  // The other network's damage is that network's next event's business.
  if (!scenario.file_is_damaged) {
    CHECK(is_one_of(files, scenario.states({kNextHost})));
    const State index = state_of_index();
    CAPTURE(index);
    CHECK(is_one_of(index, scenario.index_states({kNextHost})));
    if (scenario.imported_before.empty()) CHECK(index == files);
  }
  const Finished again = run(scenario.call);
  CAPTURE(again.output);
  CHECK(again.status == 0);
  CHECK(state_of_status_files() == scenario.states({kNextHost})[1]);
  CHECK(state_of_index() == scenario.index_states({kNextHost})[1]);
}

}  // namespace leases::test
