#include "cli/release/release_request.h"
#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("release");

TEST_CASE("a lease that no interface of this host leads to is not released") {
  const OwnedLease lease = lease_of("no-such-interface", "127.0.0.5", "far");
  CHECK(error_of([&] { release_request(lease.lease(), LocalSubnets(), {}); }) ==
        "127.0.0.5: cannot be released: this host has no route to it; run this where dnsmasq runs");
}

TEST_CASE("what has no lease is not released") {
  const Called missing = called(release_verb, StoreFixture().settings(), {"release", "nobody"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.errors == "nss-leases: nothing is leased to 'nobody'\n");
}

TEST_CASE("a guest without a lease, and nobody at all") {
  const StoreFixture store;
  const Called guest = called(release_verb, store.settings(), {"release", "--guest", "vm9"});
  CHECK(guest.code == kNotFound);
  CHECK(guest.errors == "nss-leases: nothing is leased to the guest 'vm9'\n");
  const Called refused = called(release_verb, store.settings(), {"release", "--guest", "wpad"});
  CHECK(refused.errors.find(", so no lease is known by that guest; give its MAC address\n") !=
        std::string::npos);
  CHECK(called(release_verb, store.settings(), {"release"}).code == kUsage);
}

TEST_CASE("several leases are released only with --all") {
  const IndexFixture store(machines());
  const Called several = called(release_verb, store.settings(), {"release", "web", "--json"});
  CHECK(several.code == kNotFound);
  CHECK(several.errors ==
        "nss-leases: 'web' has several leases; name one by its address, or release all with --all:\n"
        "  br0  fd00::1  web  02:00:00:00:00:01\n"
        "  br0  10.0.0.1  web  02:00:00:00:00:01\n");
  CHECK(several.output.find("\"outcome\": \"kept\"") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
