#include "cli/lease_file/handover.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "cli/command_line/exit_code.h"
#include "cli/lease_file/lease_file_place.h"
#include "store/transaction.h"
#include "tests/support/captured_output.h"
#include "tests/support/store_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// A store with a lease in "br0" and one in "lab".
class Store : public StoreFixture {
 public:
  Store() {
    OwnedLease other = full_v4();
    other.network = "lab";
    other.address = ip("10.77.2.9");
    StoreTransaction(settings()).put(full_v4().lease());
    StoreTransaction(settings()).put(other.lease());
  }
  [[nodiscard]] std::string file() const { return path_of("dnsmasq.leases"); }
};

const std::string kRow = "4102444800 02:00:00:00:00:01 10.77.1.196 Alpha 01:02:00:00:00:00:01\n";
const std::string kNext =
    "next: take leasefile-ro out of dnsmasq's configuration, check that its dhcp-leasefile is this file, and "
    "start "
    "dnsmasq\n";

}  // namespace

TEST_SUITE_BEGIN("handover");

TEST_CASE("the leases of all networks are written as dnsmasq's lease file") {
  const Store store;
  const CapturedOutput output;
  CHECK(hand_over_leases(store.settings(), {store.file(), {}}) == kFound);
  CHECK(read_file(store.file()).find(kRow) == 0);
  CHECK(output.text() == "wrote 2 leases of br0, lab to " + store.file() + '\n' + kNext);
}

TEST_CASE("only the networks named are written, and the file that was there is kept") {
  const Store store;
  write_file(store.file(), "before\n");
  const CapturedOutput output;
  CHECK(hand_over_leases(store.settings(), {store.file(), {"br0"}}) == kFound);
  CHECK(read_file(store.file()) == kRow);
  const std::string text = output.text();
  const std::string expected = "wrote 1 lease of br0 to " + store.file() + "; the file that was there is ";
  REQUIRE(text.starts_with(expected));
  const std::string kept = text.substr(expected.size(), text.find('\n') - expected.size());
  CHECK(kept.starts_with(store.file() + ".before-"));
  CHECK(read_file(kept) == "before\n");
}

TEST_CASE("a network that does not exist is not written") {
  const Store store;
  const CapturedErrors errors;
  CHECK(hand_over_leases(store.settings(), {store.file(), {"dmz"}}) == kNotFound);
  CHECK(errors.text() == "nss-leases: there is no network 'dmz'; there are: br0 lab\n");
  CHECK_FALSE(std::filesystem::exists(store.file()));
}

TEST_CASE("what is not a file is not replaced") {
  const Store store;
  std::filesystem::create_directory(store.file());
  const std::string problem = store.file() + ": not a regular file; name another";
  CHECK_THROWS_WITH_AS(hand_over_leases(store.settings(), {store.file(), {}}), problem.c_str(), Error);
}

TEST_CASE("without a state directory there is nothing to hand over") {
  Store store;
  std::filesystem::remove_all(store.settings().state_directory);
  CHECK_THROWS_AS(hand_over_leases(store.settings(), {store.file(), {}}), Error);
}

TEST_CASE("the place of a lease file need not have the file, but its directory") {
  const Store store;
  const SourcePlace place = lease_file_place(store.file());
  CHECK(path_of(place) == store.file());
  CHECK_FALSE(place.status);
  CHECK_FALSE(dnsmasq_with_open_file(place));
  const std::string nowhere = store.path_of("nowhere/dnsmasq.leases");
  const std::string problem = nowhere + ": its directory does not exist";
  CHECK_THROWS_WITH_AS(lease_file_place(nowhere), problem.c_str(), Error);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
