/// The system clock goes wrong. This program has its own clock, which the module and the writer take for the
/// system's.

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/fault/world.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"

using namespace leases::test;

namespace {

struct FalseClock {
  std::int64_t ahead = 0;  ///< seconds
  std::int64_t stopped_at = 0;
};

/// In memory that the process which writes for the tests shares.
FalseClock& clock_shown() {
  static auto* shown = static_cast<FalseClock*>(
      ::mmap(nullptr, sizeof(FalseClock), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return *shown;
}
[[maybe_unused]] const FalseClock& g_made_before_main = clock_shown();

}  // namespace

extern "C" int clock_gettime(clockid_t id, timespec* time) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, id, time));
  if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE) return result;
  time->tv_sec += clock_shown().ahead;
  if (clock_shown().stopped_at != 0) *time = {clock_shown().stopped_at, 0};
  return result;
}

extern "C" time_t time(time_t* result) noexcept {
  timespec present{};
  ::clock_gettime(CLOCK_REALTIME, &present);
  if (result != nullptr) *result = present.tv_sec;
  return present.tv_sec;
}

namespace {

constexpr std::int64_t kYear = 31'556'952;
constexpr std::uint64_t kNever = 0;

void set_clock(std::int64_t seconds) {
  clock_shown() = {0, seconds};
}
void put_clock_ahead(std::int64_t seconds) {
  clock_shown() = {seconds, 0};
}

/// The right time again, and a store without leases.
class Scene {
 public:
  Scene() { put_clock_ahead(0); }
  ~Scene() { put_clock_ahead(0); }
  const InstalledStore store;
};

Host host(const std::string& name, const std::string& address, std::uint64_t expiry) {
  return {name, address, "lab", "br0", expiry};
}

}  // namespace

TEST_CASE("This program's clock is the one that the module goes by") {
  const Scene scene;
  scene.store.lease({host("alpha", "10.77.1.1", kFarFuture)});
  CHECK(by_name("alpha").found());
  put_clock_ahead(20 * kYear);
  CHECK(by_name("alpha").unknown());
}

TEST_CASE("A lease is answered until the second before it ends, and not in the second that it names") {
  const Scene scene;
  constexpr std::int64_t kEnd = 1'900'000'000;
  scene.store.lease({host("alpha", "10.77.1.1", kEnd)});
  for (const std::int64_t left : {2, 1}) {
    set_clock(kEnd - left);
    CHECK(by_name("alpha").ttl == left);
    CHECK(by_address("10.77.1.1").ttl == left);
  }
  for (const std::int64_t since : {0, 1}) {
    set_clock(kEnd + since);
    CHECK(by_name("alpha").unknown());
    CHECK(by_address("10.77.1.1").unknown());
  }
  set_clock(kEnd - 1);
  CHECK(by_name("alpha").found());
}

TEST_CASE("A lease that never ends is answered at any time") {
  const Scene scene;
  scene.store.lease({host("alpha", "10.77.1.1", kNever)});
  for (const std::int64_t present :
       {std::int64_t{1}, std::int64_t{1'700'000'000}, 0xffffffffL, 0x100000000L, 500 * kYear}) {
    set_clock(present);
    CHECK(by_name("alpha").found());
    CHECK(by_name("alpha").ttl == 0x7fffffff);
  }
}

TEST_CASE("A machine that boots in 1970 leases and answers, and goes on when it learns the time") {
  const Scene scene;
  set_clock(5);
  scene.store.lease({host("early", "10.77.1.1", 3605), host("moved", "10.77.1.2", 3605)});
  CHECK(by_name("early").ttl == 3600);
  put_clock_ahead(0);
  CHECK(by_name("early").unknown());
  scene.store.lease({host("early", "10.77.1.1", kFarFuture), host("moved", "10.77.1.3", kFarFuture)});
  CHECK(by_name("early").found());
  CHECK(by_name("moved").addresses == "10.77.1.3");
}

TEST_CASE("Most recent first stays so when the clock goes back by years, and when it stands still") {
  const Scene scene;
  SUBCASE("back") {
    put_clock_ahead(5 * kYear);
  }
  SUBCASE("still") {
    set_clock(1'700'000'000);
  }
  std::string expected;
  for (int i = 1; i <= 6; ++i) {
    const std::string address = "10.77.1." + std::to_string(i);
    scene.store.lease({host("alpha", address, kNever)});
    expected = address + (expected.empty() ? "" : " ") + expected;
    CHECK(by_name("alpha").addresses == expected);
    if (clock_shown().stopped_at == 0) clock_shown().ahead -= kYear;
  }
  REQUIRE(run(rebuild()).status == 0);
  CHECK(by_name("alpha").addresses == expected);
  // By the helper, whose clock is the right one.
  REQUIRE(run(add(host("alpha", "10.77.1.7", kNever))).status == 0);
  CHECK(by_name("alpha").addresses == "10.77.1.7 " + expected);
}

TEST_CASE("What was leased in a far year is still there after a reboot in the right one") {
  const Scene scene;
  for (const std::int64_t years : {100, 230, 300, 500}) {
    CAPTURE(years);
    put_clock_ahead(years * kYear);
    scene.store.lease({host("alpha", "10.77.1.1", static_cast<std::uint64_t>(years))});
    scene.store.lease({host("alpha", "10.77.1.1", kNever)});
    put_clock_ahead(0);
    const Finished rebuilt = run(rebuild());
    CHECK(rebuilt.output == "1 lease in 1 network\n");
    CHECK(by_name("alpha").addresses == "10.77.1.1");
    REQUIRE(run(add(host("alpha", "10.77.1.1", 0))).status == 0);
    CHECK(state_of_status_files() == state_of({host("alpha", "10.77.1.1", kNever)}));
  }
}

TEST_CASE("A file that came without a mark is noticed soon, whichever way the clock has jumped") {
  const Scene scene;
  scene.store.lease({host("alpha", "10.77.1.1", kNever)});
  for (const std::int64_t years : {10, -10, 40, -40}) {
    CAPTURE(years);
    CHECK(by_name("alpha").found());
    put_clock_ahead(years * kYear);
    rename_copy_in_place();
    const std::string address = years > 0 ? "10.77.1.2" : "10.77.1.3";
    scene.store.lease({host("beta", address, kNever)});
    wait_for_next_check();
    CHECK(by_name("beta").found());
    scene.store.end(address);
    CHECK(by_name("beta").unknown());
  }
}
