#include "resolve/hook_answer.h"

#include <arpa/nameser.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/dns_records.h"
#include "tests/support/owned_lease.h"

namespace leases::resolve::test {

using leases::test::BuiltIndex;
using leases::test::DnsRecord;
using leases::test::ip;
using leases::test::OwnedLease;
using leases::test::parsed_records;
using leases::test::views_of;

namespace {

constexpr EpochSeconds kNow{1000};

OwnedLease lease_of(const std::string& address, const std::string& name, std::uint64_t expiry = 0) {
  OwnedLease lease;
  lease.address = ip(address);
  lease.hostname = name;
  lease.domain = "lab";
  lease.expiry = expiry;
  return lease;
}

/// What the question gets from the leases vm1 and vm2.
std::optional<std::vector<DnsRecord>> answer(const std::vector<RecordKey>& question) {
  const std::vector<OwnedLease> leases{lease_of("10.0.0.1", "vm1", 1060), lease_of("10.0.0.2", "vm1", 1030),
                                       lease_of("fd00::1", "vm1", 1090), lease_of("10.0.0.3", "vm2", 1000)};
  TableInput contents;
  contents.leases = views_of(leases);
  contents.sources.push_back({"br0", {}});
  const BuiltIndex index(build_table(contents));
  const auto records = answer_of(index.view(), kNow, question);
  if (!records) return {};
  return parsed_records(*records);
}

}  // namespace

TEST_SUITE_BEGIN("hook_answer");

TEST_CASE("records have the name as it was asked for, and each family the TTL of its first lease to end") {
  const auto records = answer({{ns_c_in, ns_t_a, "VM1.lab"}, {ns_c_in, ns_t_aaaa, "VM1.lab"}});
  REQUIRE(records);
  REQUIRE(records->size() == 3);
  for (const DnsRecord& record : *records) {
    CHECK(record.name == "VM1.lab");
    CHECK(record.ttl == (record.type == ns_t_a ? 30U : 90U));
  }
  CHECK(records->back().data == "fd00::1");
}

TEST_CASE("of a known name other types have no records, and an unknown name has no answer") {
  CHECK(answer({{ns_c_in, ns_t_mx, "vm1"}}) == std::vector<DnsRecord>{});
  CHECK_FALSE(answer({{ns_c_in, ns_t_a, "vm3"}}));
  CHECK_FALSE_MESSAGE(answer({{ns_c_in, ns_t_a, "vm2"}}), "its lease has ended");
  CHECK_FALSE(answer({{ns_c_chaos, ns_t_a, "vm1"}}));
  CHECK_FALSE(answer({}));
}

TEST_CASE("one known name is enough, and a repeated key changes nothing") {
  const RecordKey v4{ns_c_in, ns_t_a, "vm1"};
  CHECK(answer({v4, v4, v4})->size() == 2);
  CHECK(answer({{ns_c_in, ns_t_a, "vm3"}, v4})->size() == 2);
  CHECK(answer({v4, {ns_c_in, ns_t_a, "vm1.lab"}})->size() == 4);
  CHECK(answer({v4, {ns_c_in, ns_t_any, "vm1"}})->size() == 3);
}

TEST_CASE("an address has the canonical name") {
  const std::vector<DnsRecord> expected{{"2.0.0.10.in-addr.arpa", ns_t_ptr, 30, "vm1.lab"}};
  CHECK(answer({{ns_c_in, ns_t_ptr, "2.0.0.10.in-addr.arpa"}}) == expected);
  CHECK_FALSE(answer({{ns_c_in, ns_t_ptr, "3.0.0.10.in-addr.arpa"}}));
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
