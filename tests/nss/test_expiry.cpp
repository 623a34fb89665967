/// Leases that expire without any event.

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <limits>
#include <string>
#include <thread>

#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"

using namespace leases::test;

namespace {

std::uint64_t now() {
  return static_cast<std::uint64_t>(std::time(nullptr));
}

void wait_until(std::uint64_t second) {
  while (now() < second) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

bool is_in_enumeration(const std::string& name) {
  module().sethostent(0);
  for (Reply reply = next_host(); reply.found(); reply = next_host()) {
    if (reply.name == name) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("A lease is answered up to the second in which it ends, and from then on by no entry point") {
  const InstalledStore store;
  std::size_t found = 0;
  // One lease, or more where the machine is too busy for a hundred lookups in its time.
  while (found <= 100) {
    const std::uint64_t end = now() + 2;
    store.lease({{"brief", "10.77.1.1", "lab", "br0", end}, {"brief", "fd00:77::1", "lab", "br0", end}});
    while (now() <= end) {
      const std::uint64_t before = now();
      const Reply reply = by_name("brief");
      const std::uint64_t after = now();
      if (reply.found()) {
        ++found;
        CHECK(before < end);
        CHECK(static_cast<std::uint64_t>(reply.ttl) <= end - before);
        CHECK(static_cast<std::uint64_t>(reply.ttl) + after >= end);
      } else {
        CHECK(reply.unknown());
        CHECK(after >= end);
      }
    }
  }
  CHECK(found > 100);
  CHECK(by_name("brief").unknown());
  CHECK(by_name("brief.lab").unknown());
  CHECK(by_name("brief", AF_INET).unknown());
  CHECK(by_name("brief", AF_INET6).unknown());
  CHECK(by_address("10.77.1.1").unknown());
  CHECK(by_address("fd00:77::1").unknown());
  CHECK_FALSE(is_in_enumeration("brief"));
}

TEST_CASE("What has expired when the index is first read is not answered either") {
  const InstalledStore store;
  store.replace_index(
      {{"over", "10.77.1.1", "lab", "br0", now()}, {"ancient", "10.77.1.2", "lab", "br0", 1}});
  CHECK(by_name("over").unknown());
  CHECK(by_name("ancient").unknown());
  CHECK(by_address("10.77.1.1").unknown());
  CHECK_FALSE(is_in_enumeration("over"));
}

TEST_CASE("A name's expired leases are left out, and the name is known as long as one has not expired") {
  const InstalledStore store{{"mixed", "10.77.1.1"},
                             {"mixed", "10.77.1.2", "lab", "br0", 1},
                             {"mixed", "fd00:77::1", "lab", "br0", 1},
                             {"mixed", "10.77.1.3"}};
  CHECK(by_name("mixed").addresses == "10.77.1.3 10.77.1.1");
  CHECK(by_name("mixed", AF_INET).addresses == "10.77.1.3 10.77.1.1");
  CHECK(by_name("mixed", AF_INET6).no_address());
}

TEST_CASE("An expired lease does not hide the name that the address has in another network") {
  const InstalledStore store{{"lasting", "10.77.1.1", "lab", "br0"}, {"brief", "10.77.1.1", "lab", "br1", 1}};
  CHECK(by_address("10.77.1.1").name == "lasting.lab");
}

TEST_CASE("An answer holds until the first of its leases expires") {
  const std::uint64_t start = now();
  const InstalledStore store{{"alpha", "10.77.1.1", "lab", "br0", start + 500},
                             {"alpha", "10.77.1.2", "lab", "br0", start + 300},
                             {"alpha", "10.77.1.3", "lab", "br0", 0},
                             {"alpha", "fd00:77::1", "lab", "br0", start + 100},
                             {"alpha", "10.77.1.4", "lab", "br0", 1}};
  const auto is_remaining = [&](const Reply& reply, int seconds) {
    return reply.found() && reply.ttl <= seconds && reply.ttl >= seconds - static_cast<int>(now() - start);
  };
  CHECK(is_remaining(by_name("alpha"), 100));
  CHECK(is_remaining(by_name("alpha", AF_INET), 300));
  CHECK(is_remaining(by_name("alpha", AF_INET6), 100));
  CHECK(is_remaining(by_address("10.77.1.1"), 500));
}

TEST_CASE("A lease that never expires, or later than a TTL can say, has the greatest TTL") {
  constexpr int kLongest = std::numeric_limits<std::int32_t>::max();
  const InstalledStore store{
      {"forever", "10.77.1.1", "lab", "br0", 0},
      {"distant", "10.77.1.2", "lab", "br0", std::numeric_limits<std::uint64_t>::max()},
      {"century", "10.77.1.3", "lab", "br0", now() + 4'000'000'000}};
  for (const std::string name : {"forever", "distant", "century"}) {
    CAPTURE(name);
    CHECK(by_name(name).ttl == kLongest);
    CHECK(by_name(name, AF_INET).ttl == kLongest);
  }
  CHECK(by_address("10.77.1.1").ttl == kLongest);
}

TEST_CASE("A lease that is renewed in time goes on") {
  const std::uint64_t end = now() + 1;
  const InstalledStore store{{"busy", "10.77.1.1", "lab", "br0", end}};
  store.lease({{"busy", "10.77.1.1", "lab", "br0", end + 100}});
  wait_until(end);
  CHECK(by_name("busy").found());
}
