#include "tests/fault/sweep.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/children.h"
#include "tests/support/installed_store.h"

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

constexpr const char* kDisturb = "NSS_LEASES_DISTURB";

std::size_t number_of(const Scenario& scenario) {
  const auto same = [&](const Scenario& other) { return other.text == scenario.text; };
  return static_cast<std::size_t>(std::ranges::find_if(scenarios(), same) - scenarios().begin());
}

std::string in_words(const Interference& interference) {
  switch (interference.kind) {
    case Interference::Kind::none:
      return "left alone at";
    case Interference::Kind::kill_before:
      return "killed before";
    case Interference::Kind::kill_after:
      return "killed after";
    case Interference::Kind::fail:
      return std::string("given \"") + std::strerror(interference.error) + "\" by";
    case Interference::Kind::shorten:
      return "allowed one byte by";
    case Interference::Kind::kill_steps:
      return "killed " + std::to_string(interference.steps) + " instructions after";
  }
  return {};
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = all_scenarios();
  return all;
}

std::string description(const Scenario& scenario, const Interference& interference) {
  const SystemCall& call = interference.call;
  std::ostringstream text;
  text << "scenario \"" << scenario.text << "\", "
       << (call.of_child ? "a process that the program started" : "the program") << " is "
       << in_words(interference) << " its system call " << call.ordinal << ", " << name_of(call)
       << "\nonce more:  " << kDisturb << "='" << number_of(scenario) << ' '
       << static_cast<int>(interference.kind) << ' ' << call.number << ' ' << call.of_child << ' '
       << call.ordinal << ' ' << interference.error << ' ' << interference.steps << "' "
       << std::filesystem::read_symlink("/proc/self/exe").string() << " --test-case='*" << kDisturb << "*'";
  return text.str();
}

Disturbance named_disturbance() {
  const char* const text = std::getenv(kDisturb);
  if (text == nullptr) return {};
  std::istringstream words(text);
  std::size_t scenario = 0;
  int kind = 0;
  Disturbance named;
  SystemCall& call = named.interference.call;
  words >> scenario >> kind >> call.number >> call.of_child >> call.ordinal >> named.interference.error >>
      named.interference.steps;
  if (!words || scenario >= scenarios().size())
    throw std::runtime_error(std::string(kDisturb) + " is not what a test that failed has shown");
  named.interference.kind = static_cast<Interference::Kind>(kind);
  named.scenario = &scenarios()[scenario];
  return named;
}

namespace {

/// An event waits for its importer for ten seconds. On a busy machine that may be too short, which is not
/// what is tested here.
bool gave_up(const std::string& output) {
  return output.find("gave up waiting") != std::string::npos;
}

Finished patient_run(const Call& call) {
  for (int attempt = 1;; ++attempt) {
    REQUIRE(attempt <= 20);
    Finished done = run(call);
    if (!gave_up(done.output)) return done;
  }
}

}  // namespace

TracedRun undisturbed_run(const Scenario& scenario) {
  for (int attempt = 1;; ++attempt) {
    REQUIRE(attempt <= 20);
    scenario.prepare();
    TracedRun run = run_traced(scenario.call.command, scenario.call.environment);
    if (!gave_up(run.errors)) return run;
  }
}

Watched::Watched(const Scenario& scenario) {
  const std::size_t number = number_of(scenario);
  // A removed index is noticed at the next check only: until then the answers are those of the scenario
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
  const Finished next = patient_run(add(kNextHost));
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
  const Finished again = patient_run(scenario.call);
  CAPTURE(again.output);
  CHECK(again.status == 0);
  CHECK(state_of_status_files() == scenario.states({kNextHost})[1]);
  CHECK(state_of_index() == scenario.index_states({kNextHost})[1]);
}

}  // namespace leases::test
