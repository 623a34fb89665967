#include "share/keys.h"

#include <doctest/doctest.h>

#include "tests/support/owned_lease.h"

namespace leases::test {

using namespace leases::share;

TEST_SUITE_BEGIN("keys");

TEST_CASE("a record's key is taken apart into what it was made of") {
  for (const char* address : {"10.77.1.5", "fd77:1::100"}) {
    const std::string key = record_key("hv1", "br0@blue", ip(address));
    const auto parts = SharedKey::parse(key);
    REQUIRE(parts);
    CHECK(parts->host == "hv1");
    CHECK(parts->network == "br0@blue");
    CHECK(parts->address == ip(address));
  }
  CHECK(record_key("hv1", "lab", ip("10.77.1.5")) == "/nss-leases/v1/hv1/lab/10.77.1.5");
}

TEST_CASE("a host's own key has no network") {
  const std::string key = host_key("hv1");
  const auto parts = SharedKey::parse(key);
  REQUIRE(parts);
  CHECK(parts->host == "hv1");
  CHECK(parts->network.empty());
}

TEST_CASE("a key that would lead out of a directory, or is none of the two, is not taken") {
  for (const char* key :
       {"", "/", "/nss-leases/v1/", "/nss-leases/v1/hv1", "/nss-leases/v1/hv1/", "/nss-leases/v1/hv1/lab",
        "/nss-leases/v1/hv1/lab/", "/nss-leases/v1/hv1/lab/x", "/nss-leases/v1/../lab/10.0.0.1",
        "/nss-leases/v1/hv1/../10.0.0.1", "/nss-leases/v1/HV1/lab/10.0.0.1", "/nss-leases/v1//lab/10.0.0.1",
        "/nss-leases/v1/hv1//10.0.0.1", "/nss-leases/v1/hv1/lab/10.0.0.1/2", "/nss-leases/v2/hv1/host",
        "/nss-leases/v1/hv.1/lab/10.0.0.1", "/nss-leases/v1/../host", "/nss-leases/v1/hv1/lab/FD77::1"}) {
    CAPTURE(key);
    CHECK_FALSE(SharedKey::parse(key));
  }
}

TEST_CASE("CoreDNS finds names and addresses in the tree of SkyDNS") {
  CHECK(name_key("Web", "lab.Example", "hv1", ip("10.77.1.5")) == "/skydns/example/lab/web/hv1-10.77.1.5");
  CHECK(pointer_key(ip("10.77.1.5")) == "/skydns/arpa/in-addr/10/77/1/5");
  CHECK(pointer_key(ip("fd77::1")) ==
        "/skydns/arpa/ip6/f/d/7/7/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/1");
}

TEST_CASE("the end of a prefix is after all that begins with it") {
  CHECK(end_of_prefix("/a/") == "/a0");
}

TEST_SUITE_END();

}  // namespace leases::test
