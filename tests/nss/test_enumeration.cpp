/// gethostent(3).

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"

using namespace leases::test;

namespace {

using Seen = std::map<std::string, int>;

std::string entry(const Reply& reply) {
  return reply.addresses + ' ' + reply.name;
}

Seen rest_of_hosts() {
  Seen seen;
  Reply reply;
  for (int limit = 0; limit < 10000 && (reply = next_host()).found(); ++limit) ++seen[entry(reply)];
  CHECK(reply.unknown());
  return seen;
}

Seen all_hosts() {
  module().sethostent(0);
  return rest_of_hosts();
}

std::vector<Host> many_hosts(int count) {
  std::vector<Host> hosts;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    hosts.push_back({"host-" + number, i % 2 == 0 ? "10.77.0." + number : "fd00:77::" + number});
  }
  return hosts;
}

}  // namespace

TEST_CASE("Every host that a lookup would find is met once, and none that it would not") {
  const InstalledStore store;
  store.lease({{"alpha", "10.77.1.1"},
               {"alpha", "fd00:77::1"},
               {"twin", "10.77.1.2", "lab", "br0"},
               {"twin", "10.77.1.2", "lab", "br1"},
               {"", "10.77.1.3"},
               {"wpad", "10.77.1.4", "lab", "br0", kFarFuture, true},
               {"over", "10.77.1.5", "lab", "br0", 1},
               {"ended", "10.77.1.6"},
               {"forever", "10.77.1.7", "lab", "br0", 0}});
  store.end("10.77.1.6");
  const Seen expected{{"10.77.1.1 alpha.lab", 1},
                      {"fd00:77::1 alpha.lab", 1},
                      {"10.77.1.2 twin.lab", 1},
                      {"10.77.1.7 forever.lab", 1}};
  CHECK(all_hosts() == expected);
  store.replace_index();
  CHECK(all_hosts() == expected);
}

TEST_CASE("The end is the end until it is asked for from the beginning") {
  const InstalledStore store{{"alpha", "10.77.1.1"}, {"beta", "10.77.1.2"}};
  CHECK(all_hosts().size() == 2);
  CHECK(next_host().unknown());
  module().endhostent();
  CHECK(rest_of_hosts().size() == 2);
  module().sethostent(1);
  CHECK(rest_of_hosts().size() == 2);
}

TEST_CASE("No leases, no hosts") {
  const InstalledStore store;
  CHECK(all_hosts().empty());
}

TEST_CASE("A buffer that is too small does not lose the host") {
  const InstalledStore store;
  store.lease(many_hosts(10));
  module().sethostent(0);
  Seen seen;
  for (int i = 0; i < 10; ++i) {
    std::array<char, 16> small{};
    hostent host{};
    int error = 0;
    int h_error = 0;
    CHECK(module().gethostent_r(&host, small.data(), small.size(), &error, &h_error) == NSS_STATUS_TRYAGAIN);
    CHECK(error == ERANGE);
    ++seen[entry(next_host())];
  }
  CHECK(seen.size() == 10);
  CHECK(next_host().unknown());
}

TEST_CASE(
    "Hosts that are leased all the while are met exactly once, whatever happens to the others meanwhile") {
  const InstalledStore store;
  store.lease(many_hosts(60));
  module().sethostent(0);
  Seen seen;
  for (int step = 0;; ++step) {
    REQUIRE(step < 10000);
    const Reply reply = next_host();
    if (!reply.found()) break;
    ++seen[entry(reply)];
    const std::string number = std::to_string(step % 200);
    switch (step % 5) {
      case 0:
        store.lease({{"guest-" + number, "10.78.0." + number}});
        break;
      case 1:
        store.end("10.77.0." + std::to_string(step % 20 * 2));
        break;
      case 2:
        store.lease({{"guest-" + number, "fd00:78::" + number}});
        break;
      case 3:
        store.replace_index();
        break;
      default:
        break;
    }
  }
  for (const auto& host : seen) {
    CAPTURE(host.first);
    CHECK(host.second == 1);
  }
  for (const Host& host : many_hosts(60)) {
    CAPTURE(host.name);
    const bool stayed = by_address(host.address).found();
    const auto met = seen.find(host.address + ' ' + host.name + ".lab");
    if (stayed) CHECK(met != seen.end());
  }
}

TEST_CASE("The last of a name's changes is the one that is met") {
  const InstalledStore store{{"before", "10.77.1.1"}};
  store.lease({{"after", "10.77.1.1"}});
  CHECK(all_hosts() == Seen{{"10.77.1.1 after.lab", 1}});
}
