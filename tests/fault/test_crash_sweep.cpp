/// The helper is killed before and after each of its system calls. Files stay whole, old or new; the next
/// event repairs the rest; and lookups meanwhile never answer what never was true.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "tests/fault/scenario.h"
#include "tests/fault/sweep.h"
#include "tests/fault/tracee.h"
#include "tests/support/children.h"
#include "tests/support/lookup.h"

using namespace leases::test;

namespace {

/// False if the program took another course, as the time that a busy machine takes may make it.
bool was_killed(const Scenario& scenario, const Interference& interference) {
  scenario.prepare();
  const Watched watched(scenario);
  if (!run_traced(scenario.call.command, scenario.call.environment, interference).interfered) return false;
  check_whole(scenario);
  check_repaired(scenario);
  return true;
}

/// Kills the call once, and checks the store before and after the next events.
void kill_once(const Scenario& scenario, const Interference& interference) {
  INFO(description(scenario, interference));
  constexpr int kAttempts = 20;
  int attempt = 1;
  while (!was_killed(scenario, interference)) REQUIRE(++attempt <= kAttempts);
}

void sweep(const Scenario& scenario, Interference::Kind kind) {
  CAPTURE(scenario.text);
  const TracedRun undisturbed = undisturbed_run(scenario);
  REQUIRE(undisturbed.status == 0);
  REQUIRE(state_of_status_files() == state_of(scenario.after));
  REQUIRE(state_of_index() == scenario.index_states()[1]);
  REQUIRE(undisturbed.calls.size() > 15);
  for (const SystemCall& call : undisturbed.calls) kill_once(scenario, {kind, call});
}

bool is_rename(const SystemCall& call) {
  return name_of(call).ends_with("renameat");
}

/// The very next lookup of a process that has the old index sees what the next event reports.
void check_next_is_seen(const Scenario& scenario, const Interference& interference) {
  INFO(description(scenario, interference));
  scenario.prepare();
  wait_for_next_check();
  CHECK(by_name("steady").found());
  REQUIRE(run_traced(scenario.call.command, scenario.call.environment, interference).interfered);
  REQUIRE(run(add(kNextHost)).status == 0);
  CHECK(by_name(kNextHost.name).addresses == kNextHost.address);
}

std::size_t position_of(const TracedRun& run, const std::string& call) {
  std::size_t at = run.calls.size();
  while (at > 0 && name_of(run.calls[--at]) != call) {
  }
  return at;
}

}  // namespace

TEST_CASE("Killed as NSS_LEASES_DISTURB says: once more what has failed") {
  const Disturbance named = named_disturbance();
  if (named.scenario == nullptr) return;
  kill_once(*named.scenario, named.interference);
}

TEST_CASE("Killed before any system call") {
  for (const Scenario& scenario : scenarios()) sweep(scenario, Interference::Kind::kill_before);
  check_witness();
}

TEST_CASE("Killed after any system call") {
  for (const Scenario& scenario : scenarios()) sweep(scenario, Interference::Kind::kill_after);
  check_witness();
}

TEST_CASE("Killed around the moment in which a new index takes the place of the old one") {
  for (const Scenario& scenario : scenarios()) {
    if (scenario.index_is_missing) continue;
    CAPTURE(scenario.text);
    const TracedRun undisturbed = undisturbed_run(scenario);
    for (const SystemCall& call : undisturbed.calls) {
      if (!is_rename(call)) continue;
      for (const auto kind : {Interference::Kind::kill_before, Interference::Kind::kill_after})
        check_next_is_seen(scenario, {kind, call, 0, 0});
    }
  }
}

TEST_CASE(
    "Killed at an instruction between the status file and the end: among them those that publish an "
    "overlay") {
  const Scenario& scenario = scenarios().front();
  const TracedRun undisturbed = undisturbed_run(scenario);
  // The last close() is of the status file that was edited; what follows builds and publishes the overlay.
  const std::size_t renamed = position_of(undisturbed, "renameat");
  Interference interference{Interference::Kind::kill_steps, {}};
  std::size_t longest = 0;
  for (std::size_t at = renamed; at + 1 < undisturbed.calls.size(); ++at) {
    scenario.prepare();
    const SystemCall& call = undisturbed.calls[at];
    const TracedRun measured =
        run_traced(scenario.call.command, scenario.call.environment, {Interference::Kind::kill_steps, call});
    if (measured.steps > longest) interference.call = call;
    longest = std::max(longest, measured.steps);
  }
  CHECK(longest > 1000);
  std::mt19937 random(4711);
  const int kills = is_soak() ? 2000 : 30;
  for (int i = 0; i < kills; ++i) {
    // The publishing itself is at the end of this piece.
    const std::size_t among_last = 1 + random() % std::min<std::size_t>(longest, 1500);
    interference.steps = i % 2 == 0 ? longest - among_last + 1 : 1 + random() % longest;
    kill_once(scenario, interference);
  }
  check_witness();
}
