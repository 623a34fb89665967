#include "import/lease_file_merge.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

constexpr EpochSeconds kNow{1000};

OwnedLease lease_at(const char* address, const char* hardware, std::uint64_t expiry,
                    std::uint64_t changed = 5) {
  OwnedLease lease;
  lease.network = "lan";
  lease.address = ip(address);
  lease.hardware = mac(hardware);
  lease.hostname = "web";
  lease.expiry = expiry;
  lease.changed = changed;
  return lease;
}

const LeaseFileMerge kFollowed{{}, [](const Lease&) { return true; }};
const LeaseFileMerge kTakenOver{[](const Lease&) { return std::string("lan"); }, {}};

struct Merged {
  Merged(const std::vector<OwnedLease>& known, const std::vector<OwnedLease>& rows, const LeaseFileMerge& how)
      : result(merge_lease_file(views_of(known), views_of(rows), how, kNow)) {}
  MergedLeases result;
};

}  // namespace

TEST_SUITE_BEGIN("lease_file_merge");

TEST_CASE(
    "a renewal that was not told is taken from the file, later or, after the clock went back, earlier") {
  for (const std::uint64_t end : {std::uint64_t{5000}, std::uint64_t{1500}, std::uint64_t{0}}) {
    CAPTURE(end);
    const std::vector<OwnedLease> known{lease_at("10.0.0.1", "52:54:00:00:00:01", 2000)};
    const std::vector<OwnedLease> rows{lease_at("10.0.0.1", "52:54:00:00:00:01", end)};
    const Merged merged(known, rows, kFollowed);
    REQUIRE(merged.result.leases.size() == 1);
    CHECK(merged.result.leases[0].expiry.seconds == end);
    CHECK(merged.result.leases[0].changed == ChangeTime{});
    CHECK(merged.result.renewed == 1);
    CHECK(merged.result.networks.contains("lan"));
  }
}

TEST_CASE("what the file has as it is known changes nothing") {
  const std::vector<OwnedLease> known{lease_at("10.0.0.1", "52:54:00:00:00:01", 2000)};
  const Merged merged(known, known, kFollowed);
  CHECK(merged.result.networks.empty());
  CHECK(merged.result.leases[0].changed == ChangeTime{5});
}

TEST_CASE("what the file does not have any more has ended, also if another client has the address") {
  const std::vector<OwnedLease> known{lease_at("10.0.0.1", "52:54:00:00:00:01", 2000),
                                      lease_at("10.0.0.2", "52:54:00:00:00:02", 2000),
                                      lease_at("10.0.0.3", "52:54:00:00:00:03", 500)};
  const std::vector<OwnedLease> rows{lease_at("10.0.0.1", "52:54:00:00:00:09", 2000)};
  const Merged merged(known, rows, kFollowed);
  CHECK_MESSAGE(merged.result.leases.empty(), "the other client's event will come");
  CHECK_MESSAGE(merged.result.ended == 2, "one was over");
  LeaseFileMerge shared = kFollowed;
  shared.may_end = [](const Lease&) { return false; };
  CHECK(Merged(known, rows, shared).result.leases.size() == 3);
}

TEST_CASE("a file that is taken over adds what is not known and is not over") {
  const std::vector<OwnedLease> known{lease_at("10.0.0.1", "52:54:00:00:00:01", 2000)};
  const std::vector<OwnedLease> rows{lease_at("10.0.0.1", "52:54:00:00:00:01", 1500),
                                     lease_at("10.0.0.2", "52:54:00:00:00:02", 2000),
                                     lease_at("10.0.0.3", "52:54:00:00:00:03", 500)};
  const Merged merged(known, rows, kTakenOver);
  CHECK(merged.result.taken == 1);
  CHECK(merged.result.renewed == 0);
  REQUIRE(merged.result.leases.size() == 2);
  CHECK_MESSAGE(merged.result.leases[0].expiry.seconds == 2000, "the file may be an old one");
}

TEST_CASE("a row of another client counts if nothing newer was told") {
  const std::vector<OwnedLease> known{lease_at("10.0.0.1", "52:54:00:00:00:01", 2000, 50)};
  const std::vector<OwnedLease> rows{lease_at("10.0.0.1", "52:54:00:00:00:09", 2000)};
  LeaseFileMerge how = kTakenOver;
  how.written = {10};
  CHECK(Merged(known, rows, how).result.leases[0].hardware == mac("52:54:00:00:00:01"));
  how.written = {90};
  REQUIRE(Merged(known, rows, how).result.leases.size() == 1);
  CHECK(Merged(known, rows, how).result.leases[0].hardware == mac("52:54:00:00:00:09"));
}

TEST_SUITE_END();

}  // namespace leases::test
