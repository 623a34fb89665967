#include "store/init_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

constexpr EpochSeconds kNow{1'700'000'000};

std::string stream(const std::vector<OwnedLease>& leases) {
  return init_stream(views_of(leases), kNow);
}

}  // namespace

TEST_SUITE_BEGIN("init_stream");

TEST_CASE("no leases are an empty stream") {
  CHECK(stream({}).empty());
}

TEST_CASE("IPv4 first, then the server's DUID, then IPv6, in dnsmasq's own format") {
  CHECK(stream({full_v6(), full_v4()}) ==
        "4102444800 02:00:00:00:00:01 10.77.1.196 Alpha 01:02:00:00:00:00:01\n"
        "duid 00:01:00:01:2a:00:00:01:52:54:00:12:34:56\n"
        "4102444801 33554438 fd77:1::1a2b six 00:01:00:01:2a:3b:4c:5d:02:00:00:00:00:06\n");
}

TEST_CASE("a field that is not known is a star, so that every row has five") {
  OwnedLease bare = full_v4();
  bare.hostname.clear();
  bare.client_id.clear();
  bare.expiry = 0;
  bare.hardware = mac("20-");
  CHECK(stream({bare}) == "0 20- 10.77.1.196 * *\n");
  bare.hardware = mac("06-02:00:00:00:00:01");
  CHECK(stream({bare}) == "0 06-02:00:00:00:00:01 10.77.1.196 * *\n");
}

TEST_CASE("a temporary address has a T before its IAID") {
  OwnedLease temporary = full_v6();
  temporary.iaid = Iaid{9, true};
  temporary.hardware.reset();
  temporary.hostname.clear();
  CHECK(stream({temporary}) ==
        "duid 00:01:00:01:2a:00:00:01:52:54:00:12:34:56\n"
        "4102444801 T9 fd77:1::1a2b * 00:01:00:01:2a:3b:4c:5d:02:00:00:00:00:06\n");
}

TEST_CASE("a lease that is over is left out, from the very second on that it names") {
  OwnedLease lease = full_v4();
  lease.expiry = kNow.value + 1;
  CHECK_FALSE(stream({lease}).empty());
  lease.expiry = kNow.value;
  CHECK(stream({lease}).empty());
  lease.expiry = 1;
  CHECK(stream({lease}).empty());
}

TEST_CASE("the server's DUID is told even if all its leases are over, and it is the latest one") {
  OwnedLease over = full_v6();
  over.expiry = 1;
  CHECK(stream({over}) == "duid 00:01:00:01:2a:00:00:01:52:54:00:12:34:56\n");

  OwnedLease later = over;
  later.server_duid = {0xaa};
  later.changed += 1;
  CHECK(stream({over, later}) == "duid aa\n");
  CHECK(stream({later, over}) == "duid aa\n");
}

TEST_CASE("an address that is in use is told, whatever else is not known of its lease") {
  OwnedLease no_hardware = full_v4();
  no_hardware.hardware.reset();
  CHECK(stream({no_hardware}) == "4102444800 01- 10.77.1.196 Alpha 01:02:00:00:00:00:01\n");

  // The byte is the DUID of nobody: a client without one that dnsmasq knows gets another address.
  OwnedLease no_iaid = full_v6();
  no_iaid.server_duid.clear();
  no_iaid.iaid.reset();
  CHECK(stream({no_iaid}) == "4102444801 0 fd77:1::1a2b six 00\n");

  OwnedLease no_duid = full_v6();
  no_duid.server_duid.clear();
  no_duid.client_id.clear();
  CHECK(stream({no_duid}) == "4102444801 33554438 fd77:1::1a2b six 00\n");
}

TEST_CASE("a name that is not a host label is told, but none that dnsmasq would take apart") {
  OwnedLease lease = full_v4();
  lease.name_refused = true;
  for (const std::string_view name : {"_srv",
                                      "\xc3\xbc"
                                      "ber",
                                      "host:9091", "bob's", "x\"y"}) {
    lease.hostname = name;
    CHECK(stream({lease}) ==
          "4102444800 02:00:00:00:00:01 10.77.1.196 " + std::string(name) + " 01:02:00:00:00:00:01\n");
  }
  for (const std::string_view name : {"www.example.com", "a.", ".a", "_x.y"}) {
    lease.hostname = name;
    CHECK(stream({lease}) == "4102444800 02:00:00:00:00:01 10.77.1.196 * 01:02:00:00:00:00:01\n");
  }
}

TEST_CASE("a refused name is dnsmasq's own business") {
  OwnedLease refused = full_v4();
  refused.hostname = "localhost";
  refused.name_refused = true;
  CHECK(stream({refused}) == "4102444800 02:00:00:00:00:01 10.77.1.196 localhost 01:02:00:00:00:00:01\n");
}

TEST_CASE("of two leases of one address, the one that changed last is told") {
  OwnedLease first = full_v4();
  OwnedLease second = full_v4();
  second.hostname = "second";
  second.changed = first.changed + 1;
  const std::string stream = init_stream({first.lease(), second.lease()}, {1});
  CHECK(stream == init_stream({second.lease()}, {1}));
}

TEST_SUITE_END();

}  // namespace leases::test
