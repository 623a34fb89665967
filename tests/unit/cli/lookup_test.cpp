#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("lookup");

TEST_CASE("the leases of a name, an address or a hardware address are shown") {
  const IndexFixture store(machines());
  const std::string table =
      "Network  Expiry Time  MAC address        Protocol  IP address  Hostname  Client ID or DUID\n"
      "br0      never        02:00:00:00:00:01  ipv4      10.0.0.1    web       01:02:03\n";
  CHECK(called(lookup_verb, store.settings(), {"lookup", "10.0.0.1"}).output == table);
  CHECK(called(lookup_verb, store.settings(), {"lookup", "web.lan.example"}).output == table);
  const Called both = called(lookup_verb, store.settings(), {"lookup", "02:00:00:00:00:01"});
  CHECK(both.code == kFound);
  CHECK(both.output.find("fd00::1") != std::string::npos);
}

TEST_CASE("what has no lease is not found") {
  const IndexFixture store(machines());
  const Called missing = called(lookup_verb, store.settings(), {"lookup", "nobody"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.output.empty());
  CHECK(missing.errors == "nss-leases: nothing is leased to 'nobody'\n");
  CHECK(called(lookup_verb, store.settings(), {"lookup", "nobody", "--json"}).output == "[]\n");
}

TEST_CASE("something has to be looked up") {
  CHECK(called(lookup_verb, StoreFixture().settings(), {"lookup"}).code == kUsage);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
