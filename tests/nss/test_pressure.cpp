/// Many readers while the index is replaced all the time.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "tests/support/crowd.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/process_state.h"

using namespace leases::test;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFleet = 8;

/// The fleet's leases in one generation. Generations have no address in common.
std::vector<Host> fleet(int generation) {
  std::vector<Host> hosts;
  for (std::size_t i = 0; i < kFleet; ++i) {
    hosts.push_back({"fleet", "10." + std::to_string(generation / 250 % 250) + '.' +
                                  std::to_string(generation % 250) + '.' + std::to_string(i + 1)});
  }
  hosts.push_back({"generation-" + std::to_string(generation), "192.168.0.1"});
  return hosts;
}

std::string addresses_of_fleet(int generation) {
  std::string list;
  const std::vector<Host> hosts = fleet(generation);
  for (std::size_t i = 0; i < kFleet; ++i) list += (i == 0 ? "" : " ") + hosts[i].address;
  return list;
}

/// The generation of the index in use, from a reverse lookup; -1 if there is no answer.
int present_generation() {
  const Reply reply = by_address("192.168.0.1");
  constexpr std::string_view kPrefix = "generation-";
  return reply.found() && reply.name.starts_with(kPrefix) ? std::stoi(reply.name.substr(kPrefix.size())) : -1;
}

/// Counts of the readers' wrong answers, by kind.
struct Wrongs {
  std::atomic<int> missing{0};  ///< no answer
  std::atomic<int> mixed{0};    ///< an answer from more than one file
  std::atomic<int> old{0};      ///< from a file that had been replaced before the question
  std::atomic<int> early{0};    ///< from a file that had not been written yet
};

void check(const Wrongs& wrongs) {
  CHECK(wrongs.missing == 0);
  CHECK(wrongs.mixed == 0);
  CHECK(wrongs.old == 0);
  CHECK(wrongs.early == 0);
}

/// The first and the last generation that a lookup in between may see.
struct Window {
  std::atomic<int> done{0};
  std::atomic<int> begun{0};
};

void look_at_generation(const Window& window, Wrongs& wrongs) {
  const int earliest = window.done.load();
  const int seen = present_generation();
  const int latest = window.begun.load();
  if (seen < 0) {
    ++wrongs.missing;
  } else if (seen < earliest) {
    ++wrongs.old;
  } else if (seen > latest) {
    ++wrongs.early;
  }
}

void look_at_fleet(const Window& window, Wrongs& wrongs) {
  const int earliest = window.done.load();
  const Reply reply = by_name("fleet");
  const int latest = window.begun.load();
  if (!reply.found()) {
    ++wrongs.missing;
    return;
  }
  for (int generation = earliest; generation <= latest; ++generation) {
    if (reply.addresses == addresses_of_fleet(generation)) return;
  }
  ++wrongs.mixed;
}

constexpr std::chrono::seconds kDuration{3};
/// At least, however slow the machine is.
constexpr int kGenerations = 30;

}  // namespace

TEST_CASE("Under many replacements every answer is whole, of one file, and of the newest there is") {
  const InstalledStore store;
  store.replace_index(fleet(0));
  Window window;
  Wrongs wrongs;
  std::size_t most_mapped = 0;
  constexpr int kReaders = 8;
  {
    const Crowd readers(kReaders, [&] {
      look_at_fleet(window, wrongs);
      look_at_generation(window, wrongs);
    });
    const auto end = Clock::now() + kDuration;
    for (int generation = 1; generation <= kGenerations || Clock::now() < end; ++generation) {
      window.begun.store(generation);
      store.replace_index(fleet(generation));
      window.done.store(generation);
      if (generation % 50 == 0) most_mapped = std::max(most_mapped, mapped_indexes());
    }
  }
  CHECK(window.done.load() > 20);
  check(wrongs);
  // One in use, one for each reader that was interrupted while it held another, and the writer's.
  CHECK(most_mapped <= kReaders + 4);
  CHECK(by_name("fleet").found());
  CHECK(mapped_indexes() == 1);
}

TEST_CASE(
    "Under many changes in place every answer is the newest there is, and nobody else's lease is missed") {
  const InstalledStore store{
      {"steady", "10.250.0.1"}, {"steady", "fd00:77::1"}, {"generation-0", "192.168.0.1"}};
  Window window;
  Wrongs wrongs;
  {
    const Crowd readers(8, [&] {
      if (by_name("steady").addresses != "fd00:77::1 10.250.0.1") ++wrongs.missing;
      if (by_address("10.250.0.1").name != "steady.lab") ++wrongs.missing;
      look_at_generation(window, wrongs);
    });
    const auto end = Clock::now() + kDuration;
    for (int generation = 1; generation <= kGenerations || Clock::now() < end; ++generation) {
      window.begun.store(generation);
      store.lease({{"generation-" + std::to_string(generation), "192.168.0.1"}});
      window.done.store(generation);
      store.lease({{"guest", "10.251.0." + std::to_string(generation % 200)}});
      if (generation % 3 == 0) store.end("10.251.0." + std::to_string(generation % 200));
    }
  }
  CHECK(window.done.load() > 20);
  check(wrongs);
  CHECK(mapped_indexes() == 1);
}
