/// A lookup that is interrupted after each of its instructions in turn: whatever can happen at any instant,
/// has happened.

#include <doctest/doctest.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/children.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/process_state.h"

using namespace leases::test;

namespace {

/// With this bit in its flags the processor traps after each instruction.
constexpr greg_t kTrapFlag = 0x100;

/// A trap costs some microseconds, so one lookup is interrupted in several places: from the phase on, after
/// every so many steps. Not without end, since a lookup starts again when there is a new index.
constexpr int kStride = 151;
constexpr int kMostInterruptions = 20;

int g_phase = 0;
int g_step = 0;
int g_interruptions = 0;
void (*g_interruption)() = nullptr;

/// Only the module's code is interrupted and never the heap's, so an interruption may do anything.
void trapped(int, siginfo_t*, void* context) {
  if (g_step++ % kStride != g_phase) return;
  g_interruption();
  if (++g_interruptions == kMostInterruptions) {
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] &= ~kTrapFlag;
  }
}

/// The function that contains this may use the stack below its end.
inline void start_stepping() {
  asm volatile("lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::
                   : "memory", "cc");
}
inline void stop_stepping() {
  asm volatile("lea -128(%%rsp), %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::
                   : "memory", "cc");
}

/// So many that most of the index lies behind the page that a replaced file keeps.
const std::vector<Host> kHosts = [] {
  std::vector<Host> hosts{{"alpha", "10.77.1.1"}};
  for (int i = 2; i <= 200; ++i)
    hosts.push_back({"host-" + std::to_string(i), "10.77.2." + std::to_string(i)});
  return hosts;
}();

const InstalledStore* g_store = nullptr;
int g_wrong = 0;

bool answer_is_right() {
  return answers_with("alpha", {10, 77, 1, 1}, 1);
}

void expect(bool right) {
  g_wrong += right ? 0 : 1;
}

/// Interrupts lookups after each instruction, or one in phase_step. Prepares each lookup.
void check_everywhere(void (*prepare)(), void (*interruption)(), int phase_step = 1) {
  struct sigaction action {};
  action.sa_sigaction = trapped;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGTRAP, &action, nullptr);
  g_wrong = 0;
  g_interruption = interruption;
  for (g_phase = 0; g_phase < kStride; g_phase += phase_step) {
    CAPTURE(g_phase);
    prepare();
    g_step = 0;
    g_interruptions = 0;
    start_stepping();
    const bool right = answer_is_right();
    stop_stepping();
    CHECK(right);
    CHECK(g_interruptions > 1);
    CHECK(answer_is_right());
    CHECK(mapped_indexes() == 1);
    REQUIRE(g_wrong == 0);
  }
}

void have_it_mapped() {
  expect(answer_is_right());
}
void have_it_replaced() {
  g_store->replace_index(kHosts);
}

void replace_and_look_up() {
  g_store->replace_index(kHosts);
  expect(answer_is_right());
}

void fork_and_replace() {
  expect(in_child([] {
           if (!answer_is_right()) return 1;
           std::vector<Host> others = kHosts;
           others.front().address = "10.77.9.9";
           g_store->replace_index(others);
           return answers_with("alpha", {10, 77, 9, 9}, 1) ? 0 : 2;
         }) == 0);
  g_store->replace_index(kHosts);
}

}  // namespace

TEST_CASE(
    "A lookup in a mapped index, while after each instruction a handler has the index replaced and looks "
    "up") {
  const InstalledStore store;
  g_store = &store;
  store.replace_index(kHosts);
  check_everywhere(have_it_mapped, replace_and_look_up);
}

TEST_CASE("A lookup that maps a new index, while a handler does the same after each instruction") {
  const InstalledStore store;
  g_store = &store;
  store.replace_index(kHosts);
  CHECK(answer_is_right());
  check_everywhere(have_it_replaced, replace_and_look_up);
}

TEST_CASE("A process that is forked after every fifth instruction of a lookup") {
  const InstalledStore store;
  g_store = &store;
  store.replace_index(kHosts);
  SUBCASE("with the index mapped") {
    check_everywhere(have_it_mapped, fork_and_replace, 5);
  }
  SUBCASE("with a new one to map") {
    CHECK(answer_is_right());
    check_everywhere(have_it_replaced, fork_and_replace, 5);
  }
}
