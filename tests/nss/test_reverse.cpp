/// Names of addresses.

#include <doctest/doctest.h>

#include <array>

#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"

using namespace leases::test;

TEST_CASE("An address has the full name of its lease, and the name alone as an alias") {
  const InstalledStore store{{"Alpha", "10.77.1.196", "lab.example"},
                             {"Six", "fd00:77::196", "lab.example"},
                             {"bare", "10.77.1.2", ""}};

  const Reply v4 = by_address("10.77.1.196");
  CHECK(v4.name == "alpha.lab.example");
  CHECK(v4.aliases == "alpha");
  CHECK(v4.addresses == "10.77.1.196");
  CHECK(v4.family == AF_INET);

  const Reply v6 = by_address("fd00:77::196");
  CHECK(v6.name == "six.lab.example");
  CHECK(v6.aliases == "six");
  CHECK(v6.addresses == "fd00:77::196");
  CHECK(v6.family == AF_INET6);

  CHECK(by_address("10.77.1.2").name == "bare");
  CHECK(by_address("10.77.1.2").aliases == "");
}

TEST_CASE("An IPv4 address may come as an IPv6 one, and is given back as it came") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  const Reply reply = by_address("::ffff:10.77.1.196");
  CHECK(reply.name == "alpha.lab");
  CHECK(reply.addresses == "::ffff:10.77.1.196");
  CHECK(reply.family == AF_INET6);
  CHECK(by_address("::10.77.1.196").unknown());
  CHECK(by_address("::fffe:10.77.1.196").unknown());
  CHECK(by_address("64:ff9b::10.77.1.196").unknown());
}

TEST_CASE("An address that is not leased is unknown, also where another's bytes begin like it") {
  const InstalledStore store{{"four", "10.77.1.1"}, {"six", "a4d:101::"}};
  CHECK(by_address("10.77.1.1").name == "four.lab");
  CHECK(by_address("a4d:101::").name == "six.lab");
  CHECK(by_address("a4d:101::1").unknown());
  CHECK(by_address("10.77.1.2").unknown());
  CHECK(by_address("0.0.0.0").unknown());
  CHECK(by_address("255.255.255.255").unknown());
  CHECK(by_address("::").unknown());
}

TEST_CASE(
    "An address in two networks has the name of the most recent lease, and of the other when that ends") {
  const InstalledStore store{{"older", "10.77.1.1", "lab", "br0"}, {"newer", "10.77.1.1", "lab", "br1"}};
  CHECK(by_address("10.77.1.1").name == "newer.lab");
  store.end("10.77.1.1", "br1");
  CHECK(by_address("10.77.1.1").name == "older.lab");
  store.end("10.77.1.1", "br0");
  CHECK(by_address("10.77.1.1").unknown());
}

TEST_CASE("A lease without a name does not hide the name that the address has in another network") {
  const InstalledStore store{{"named", "10.77.1.1", "lab", "br0"}, {"", "10.77.1.1", "lab", "br1"}};
  CHECK(by_address("10.77.1.1").name == "named.lab");
}

TEST_CASE("The lesser entry point gives the same answer") {
  const InstalledStore store{{"Alpha", "10.77.1.196", "lab"}};
  const std::array<unsigned char, 4> bytes{10, 77, 1, 196};
  std::array<char, 1024> buffer{};
  hostent host{};
  int error = 0;
  int h_error = 0;
  REQUIRE(module().gethostbyaddr_r(bytes.data(), 4, AF_INET, &host, buffer.data(), buffer.size(), &error,
                                   &h_error) == NSS_STATUS_SUCCESS);
  CHECK(host.h_name == std::string("alpha.lab"));
  CHECK(host.h_aliases[0] == std::string("alpha"));
}
