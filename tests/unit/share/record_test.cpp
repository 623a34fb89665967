#include "share/record.h"

#include <doctest/doctest.h>

#include "import/status_parser.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

using namespace leases::share;

TEST_SUITE_BEGIN("record");

TEST_CASE("a lease comes back from its record with all that it has") {
  for (const OwnedLease& owned : {full_v4(), full_v6()}) {
    Lease lease = owned.lease();
    lease.source = {};
    lease.short_name = false;
    const std::string record = record_of(lease);
    CAPTURE(record);
    CHECK(record.find('\n') == std::string::npos);
    CHECK(is_record_of(record, lease.address));
    const ParsedFile parsed = parse_shared_status("[" + record + "]", lease.network, {1});
    REQUIRE(parsed.leases.size() == 1);
    CHECK(parsed.leases.front() == lease);
  }
}

TEST_CASE("a guest's name is not for the files of this host") {
  OwnedLease owned = full_v4();
  owned.guest_name = "vm1.lab";
  const std::string text = "[" + record_of(owned.lease()) + "]";
  CHECK(parse_shared_status(text, "br0", {1}).leases.front().guest_name == "vm1.lab");
  CHECK(parse_status(text, "br0", {1}).leases.front().guest_name.empty());
}

TEST_CASE("a value that is not one record of its address is not taken") {
  const IpAddress address = ip("10.0.0.1");
  const std::string good = R"({"ip-address": "10.0.0.1","expiry-time": 0})";
  CHECK(is_record_of(good, address));
  CHECK_FALSE(is_record_of(good, ip("10.0.0.2")));
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("null"), good + "," + good, "[" + good + "]",
        good + "]", R"({"ip-address": "10.0.0.1"})" + std::string(), good + std::string(kMaxRecord, ' ')}) {
    CAPTURE(bad);
    CHECK_FALSE(is_record_of(bad, address));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
