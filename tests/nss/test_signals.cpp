/// Lookups inside a signal handler, which may interrupt other lookups anywhere.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <cerrno>
#include <chrono>

#include "tests/support/crowd.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"
#include "tests/support/process_state.h"

using namespace leases::test;

namespace {

const std::vector<Host> kHosts{{"alpha", "10.77.1.1"}};

std::atomic<int> g_handled{0};
std::atomic<int> g_wrong{0};

bool answer_is_right() {
  return answers_with("alpha", {10, 77, 1, 1}, 1);
}

void look_up(int) {
  const int before = errno;
  if (!answer_is_right() || errno != before) ++g_wrong;
  ++g_handled;
}

/// Interrupts the process every 200 µs.
class Alarm {
 public:
  Alarm() {
    struct sigaction action {};
    action.sa_handler = look_up;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGALRM, &action, nullptr);
    const itimerval interval{{0, 200}, {0, 200}};
    ::setitimer(ITIMER_REAL, &interval, nullptr);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    const itimerval none{};
    ::setitimer(ITIMER_REAL, &none, nullptr);
    ::signal(SIGALRM, SIG_IGN);
  }
};

}  // namespace

TEST_CASE(
    "Lookups in a signal handler and the lookups that they interrupt are right, with the index in motion") {
  const InstalledStore store;
  store.replace_index(kHosts);
  module();
  int looked_up = 0;
  {
    const Alarm alarm;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    // However slow the machine is.
    while (std::chrono::steady_clock::now() < end || looked_up <= 1000 || g_handled <= 200) {
      store.replace_index(kHosts);
      for (int i = 0; i < 20; ++i, ++looked_up) {
        if (!answer_is_right()) ++g_wrong;
      }
    }
  }
  CHECK(g_handled > 200);
  CHECK(looked_up > 1000);
  CHECK(g_wrong == 0);
  CHECK(answer_is_right());
  CHECK(mapped_indexes() == 1);
}

TEST_CASE("The same with other threads that are interrupted, too") {
  const InstalledStore store;
  store.replace_index(kHosts);
  module();
  g_handled = 0;
  {
    const Crowd readers(3, [] {
      if (!answer_is_right()) ++g_wrong;
    });
    const Alarm alarm;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (std::chrono::steady_clock::now() < end || g_handled <= 100) store.replace_index(kHosts);
  }
  CHECK(g_handled > 100);
  CHECK(g_wrong == 0);
  CHECK(answer_is_right());
  CHECK(mapped_indexes() == 1);
}
