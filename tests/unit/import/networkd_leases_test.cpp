#include "import/networkd_leases.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

constexpr ChangeTime kNetworkdWrote{1'795'690'800'000'000'000};

std::string in_file(std::string_view leases) {
  return R"({"BootID":"00000000000000000000000000000001","Address":[10,1,0,1],"PrefixLength":24,"Leases":[)" +
         std::string(leases) + "]}\n";
}

/// A lease of 10.1.0.5 with these members after its address.
std::string lease_in_file(std::string_view members) {
  return in_file(R"({"Address":[10,1,0,5],)" + std::string(members) + '}');
}

constexpr std::string_view kEnd = R"("ExpirationUSec":1,"ExpirationRealtimeUSec":1795694400123456)";

ParsedFile parse_networkd(std::string_view text, std::string_view domain = {}) {
  return parse_networkd_leases(
      {.text = text, .network = "br0", .domain = domain, .modified = kNetworkdWrote});
}

}  // namespace

TEST_SUITE_BEGIN("networkd_leases");

TEST_CASE("an entry says all of a lease") {
  const ParsedFile file = parse_networkd(lease_in_file(
      R"("ClientId":[1,82,84],"Hostname":"Web","HardwareAddressType":1,"HardwareAddressLength":6,)"
      R"("HardwareAddress":[82,84,0,18,52,86,0,0,0,0,0,0,0,0,0,0],)" +
      std::string(kEnd)));
  CHECK(file.damage.empty());
  CHECK(file.problems.empty());
  REQUIRE(file.leases.size() == 1);
  const Lease& lease = file.leases.front();
  CHECK(lease.network == "br0");
  CHECK(lease.address == ip("10.1.0.5"));
  CHECK(lease.hardware == mac("52:54:00:12:34:56"));
  CHECK(std::vector(lease.client_id.begin(), lease.client_id.end()) == std::vector<std::uint8_t>{1, 82, 84});
  CHECK(lease.hostname == "Web");
  CHECK(lease.expiry.seconds == 1'795'694'400);
  CHECK(lease.changed == kNetworkdWrote);
}

TEST_CASE("a client has no domain but the source's") {
  const std::string text = lease_in_file(R"("Hostname":"www.example.com",)" + std::string(kEnd));
  const ParsedFile foreign = parse_networkd(text, "lab.example");
  REQUIRE(foreign.leases.size() == 1);
  CHECK(foreign.leases[0].hostname == "www.example.com");
  CHECK(foreign.leases[0].name_refused);
  const ParsedFile own = parse_networkd(text, "example.com");
  REQUIRE(own.leases.size() == 1);
  CHECK(own.leases[0].hostname == "www");
  CHECK_FALSE(own.leases[0].name_refused);
}

TEST_CASE("a file without leases has none") {
  for (const std::string_view text : {"{}", R"({"Leases":null})", R"({"Leases":[]})", R"({"BootID":"x"})"}) {
    const ParsedFile file = parse_networkd(text);
    CHECK(file.damage.empty());
    CHECK(file.leases.empty());
  }
}

TEST_CASE("a lease that never ends") {
  const ParsedFile file = parse_networkd(lease_in_file(R"("ExpirationRealtimeUSec":18446744073709551615)"));
  REQUIRE(file.leases.size() == 1);
  CHECK(file.leases[0].expiry.infinite());
}

TEST_CASE("a lease without an address or an end is left out, and costs no other") {
  for (const std::string_view bad :
       {R"({"Address":[10,1,0],"ExpirationRealtimeUSec":1795694400123456})",
        R"({"ExpirationRealtimeUSec":5})",
        R"({"Address":"10.1.0.6","ExpirationRealtimeUSec":1795694400123456})", R"({"Address":[10,1,0,6]})",
        R"({"Address":[10,1,0,256],"ExpirationRealtimeUSec":1795694400123456})",
        R"({"Address":[10,1,0,6],"ExpirationRealtimeUSec":-1})",
        R"({"Address":[10,1,0,6],"ExpirationRealtimeUSec":0})", "5", "null"}) {
    CAPTURE(bad);
    const ParsedFile file = parse_networkd(
        in_file(std::string(bad) + R"(,{"Address":[10,1,0,5],"Hostname":"web",)" + std::string(kEnd) + '}'));
    CHECK(file.damage.empty());
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.first()[0].where == "lease 1");
    REQUIRE(file.leases.size() == 1);
    CHECK(file.leases[0].hostname == "web");
  }
}

TEST_CASE("a value that cannot be read costs the lease just that") {
  for (const std::string_view bad :
       {R"("ClientId":5,)", R"("ClientId":[1,300],)", R"("HardwareAddress":"x",)",
        R"("HardwareAddressLength":17,"HardwareAddress":[1,2],)",
        R"("HardwareAddressLength":-1,"HardwareAddress":[1,2],)",
        R"("HardwareAddressType":70000,"HardwareAddress":[1,2],)", R"("Hostname":5,)",
        R"("Hostname":"a b",)"}) {
    CAPTURE(bad);
    const ParsedFile file = parse_networkd(lease_in_file(std::string(bad) + std::string(kEnd)));
    REQUIRE(file.leases.size() == 1);
    CHECK(file.leases[0].hostname.empty());
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.first()[0].kept == ip("10.1.0.5"));
  }
}

TEST_CASE("every shorter text is damaged") {
  const std::string text = lease_in_file(kEnd);
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_networkd(text.substr(0, size)).damage.empty());
  }
  CHECK(parse_networkd("[]").damage == "is not a whole JSON object");
  CHECK(parse_networkd(R"({"Leases":5})").damage == "has 'Leases' that are not a list");
}

TEST_SUITE_END();

}  // namespace leases::test
