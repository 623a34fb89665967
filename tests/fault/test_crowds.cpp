/// Processes with threads that look names up while helpers change them.

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "tests/fault/sweep.h"
#include "tests/fault/world.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/process_state.h"

using namespace leases::test;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kProcesses = 8;
constexpr int kThreads = 4;
constexpr int kSlots = 4;  ///< of common/live_index.cpp
constexpr std::size_t kNames = 2000;
constexpr long kLookups = 10'000;  ///< at least, however slow the machine is

/// Each address is given to a name with a number, its version, that grows with each event. What is answered
/// was true during the lookup if that version had begun before the lookup ended, and the one after it had not
/// been finished when the lookup began.
struct Board {
  std::array<std::atomic<int>, kNames> begun{};
  std::array<std::atomic<int>, kNames> done{};
  std::atomic<bool> over{false};
  std::atomic<long> lookups{0};
  std::atomic<int> wrong{0};
  std::atomic<int> most_mapped{0};
  std::atomic<long> growth{0};  ///< of a reader's memory, in KiB
  char text[256]{};
};

std::string name_of(std::size_t number, int version) {
  return "host-" + std::to_string(number) + "-v" + std::to_string(version);
}

std::string address_of(std::size_t number) {
  return "10.0." + std::to_string(number / 200) + '.' + std::to_string(number % 200 + 1);
}

/// -1 if it is not a name of that host.
int version_in(const std::string& name, std::size_t number) {
  const std::string prefix = "host-" + std::to_string(number) + "-v";
  return name.starts_with(prefix) ? std::stoi(name.substr(prefix.size())) : -1;
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
  }
  return 0;
}

void log_line(Board& board, std::size_t number, const std::string& answer, int earliest, int latest) {
  if (board.wrong.fetch_add(1) > 0) return;
  std::snprintf(board.text, sizeof board.text, "%s is answered with '%s' between versions %d and %d",
                address_of(number).c_str(), answer.c_str(), earliest, latest);
}

void look_up_address(Board& board, std::size_t number) {
  const int earliest = board.done[number].load();
  const Reply reply = by_address(address_of(number));
  const int latest = board.begun[number].load();
  const int version = version_in(reply.name, number);
  if (version < earliest || version > latest) log_line(board, number, reply.name, earliest, latest);
}

void look_up_name(Board& board, std::size_t number) {
  const int earliest = board.done[number].load();
  const Reply reply = by_name(name_of(number, earliest));
  const int latest = board.begun[number].load();
  const bool is_there = reply.addresses == address_of(number);
  const bool is_gone = reply.unknown() && latest > earliest;
  if (!is_there && !is_gone) log_line(board, number, "the name " + reply.addresses, earliest, latest);
}

[[noreturn]] void read_until_over(Board& board, unsigned seed) {
  // Else the one writer among them all would get a thirtieth of the time.
  std::ignore = ::nice(10);
  by_address(address_of(0));
  const long before = resident_kib();
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&board, state = seed * 31 + thread + 1]() mutable {
      while (!board.over.load()) {
        state = state * 1664525 + 1013904223;
        look_up_address(board, (state >> 8) % kNames);
        look_up_name(board, (state >> 16) % kNames);
        board.lookups += 2;
      }
    });
  }
  while (!board.over.load()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const int mapped = static_cast<int>(mapped_indexes());
    if (mapped > board.most_mapped.load()) board.most_mapped.store(mapped);
  }
  for (std::thread& thread : threads) thread.join();
  const long growth = resident_kib() - before;
  if (growth > board.growth.load()) board.growth.store(growth);
  by_address(address_of(0));
  if (mapped_indexes() != 1) log_line(board, 0, "more than one mapping", 0, 0);
  ::_exit(0);
}

/// The readers, until this object's life ends.
class Readers {
 public:
  explicit Readers(Board& board) : board_(board) {
    for (unsigned i = 0; i < kProcesses; ++i) {
      const pid_t child = ::fork();
      if (child == 0) read_until_over(board, i);
      processes_.push_back(child);
    }
  }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
  ~Readers() {
    board_.over.store(true);
    for (const pid_t process : processes_) CHECK(result_of(process) == 0);
  }

 private:
  Board& board_;
  std::vector<pid_t> processes_;
};

Board& new_board() {
  void* memory = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *new (memory) Board;
}

std::vector<Host> all_hosts(int version) {
  std::vector<Host> hosts;
  for (std::size_t i = 0; i < kNames; ++i) hosts.push_back({name_of(i, version), address_of(i)});
  return hosts;
}

void set_all(std::array<std::atomic<int>, kNames>& versions, int version) {
  for (auto& of_one : versions) of_one.store(version);
}

/// As another program would write it, in one go.
void write_status_file(const std::vector<Host>& hosts) {
  std::string records;
  for (const Host& host : hosts)
    records += (records.empty() ? "" : ",") + std::string(R"({"ip-address":")") + host.address +
               R"(","hostname":")" + host.name + R"(","expiry-time":0})";
  write_file("/var/lib/nss-leases/br0.status", '[' + records + ']');
}

void check(const Board& board) {
  CHECK(board.text == std::string());
  CHECK(board.wrong == 0);
  CHECK(board.lookups > kLookups);
  MESSAGE(board.most_mapped.load(), " mappings at most");
  // Each is in a slot, or a lookup's own: because no slot was free, or because it is not in its slot yet.
  CHECK(board.most_mapped.load() <= kSlots + kThreads);
  CHECK(board.growth < 4096);
}

}  // namespace

TEST_CASE(
    "8 processes of 4 threads look up 2,000 names that helpers change, 50 a second: every answer was true") {
  Board& board = new_board();
  make_world({});
  write_status_file(all_hosts(0));
  REQUIRE(run(rebuild()).status == 0);
  {
    const Readers readers(board);
    const auto seconds = std::chrono::seconds(is_soak() ? 600 : 8);
    const auto begin = Clock::now();
    std::minstd_rand random(1);
    for (int event = 0; Clock::now() - begin < seconds || board.lookups <= kLookups; ++event) {
      std::this_thread::sleep_until(begin + event * std::chrono::milliseconds(20));
      const std::size_t number = random() % kNames;
      const int version = board.done[number].load() + 1;
      board.begun[number].store(version);
      CHECK(run(old({name_of(number, version), address_of(number)})).status == 0);
      board.done[number].store(version);
    }
  }
  check(board);
}

TEST_CASE(
    "Over many replacements of the index the mappings and the memory do not grow, and every answer is true") {
  Board& board = new_board();
  const InstalledStore store;
  store.replace_index(all_hosts(0));
  {
    const Readers readers(board);
    const int replacements = is_soak() ? 100'000 : 150;
    for (int version = 1; version <= replacements || board.lookups <= kLookups; ++version) {
      set_all(board.begun, version);
      store.replace_index(all_hosts(version));
      set_all(board.done, version);
    }
  }
  check(board);
}
