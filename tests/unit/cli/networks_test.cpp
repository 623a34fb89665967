#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("networks");

TEST_CASE("a network is a row, with the state of its files") {
  const StoreFixture store;
  StoreTransaction(store.settings()).put(full_v4().lease());
  const Called networks = called(networks_verb, store.settings(), {"networks"});
  CHECK(networks.code == kFound);
  CHECK(networks.output.starts_with("Network  Leases  Names  IPv4  IPv6  Next Expiry "));
  CHECK(networks.output.find("\nbr0      1       1      1     0     ") != std::string::npos);
  CHECK(networks.output.ends_with("  current  " + store.status_path("br0") + '\n'));
  write_file(store.status_path("br0"), "changed");
  CHECK(called(networks_verb, store.settings(), {"networks"})
            .output.ends_with("  stale  " + store.status_path("br0") + '\n'));
}

TEST_CASE("networks are JSON") {
  const IndexFixture store({lease_of("br0", "10.0.0.1", "a"), lease_of("br0", "fd00::1", "b")});
  CHECK(called(networks_verb, store.settings(), {"networks", "--json"}).output == R"([
  {
    "network": "br0",
    "leases": 2,
    "names": 2,
    "ipv4": 1,
    "ipv6": 1,
    "index": "current",
    "sources": [
      ")" + store.status_path("br0") + R"("
    ]
  }
]
)");
  CHECK(called(networks_verb, StoreFixture().settings(), {"networks", "--json"}).output == "[]\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
