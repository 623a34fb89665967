#include "share/published_keys.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "share/keys.h"
#include "store/table_builder.h"
#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

using namespace leases::share;

namespace {

OwnedLease named(std::string_view address, std::string_view name, std::string_view domain = "") {
  OwnedLease lease;
  lease.network = "lab";
  lease.address = ip(address);
  lease.hostname = name;
  lease.domain = domain;
  lease.expiry = 1000;
  lease.changed = 1;
  return lease;
}

std::vector<KeyChange> published(const std::vector<OwnedLease>& leases, ExpiryTime* next = nullptr,
                                 std::uint64_t now = 1) {
  TableInput contents;
  contents.leases = views_of(leases);
  for (const char* network : {"lab", "nat"}) contents.sources.push_back({network, {}});
  contents.sources.push_back({"hv2:lab", {}, SourceKind::shared_status, "/shared/hv2/lab.status"});
  for (Lease& lease : contents.leases) {
    if (!lease.network.starts_with("hv2:")) continue;
    lease.host = "hv2";
    lease.source = "/shared/hv2/lab.status";
  }
  const BuiltIndex index(build_table(contents));
  ShareSettings share;
  share.networks = {"l?b", "hv2:*"};
  ExpiryTime first;
  return keys_to_publish(index.view(), share, "hv1", {now}, next != nullptr ? *next : first);
}

std::vector<std::string> names_of(const std::vector<KeyChange>& changes) {
  std::vector<std::string> names;
  for (const KeyChange& change : changes) names.push_back(change.key);
  return names;
}

KeyChange change(std::string_view address, std::string key, std::string value) {
  return {ip(address), std::move(key), std::move(value)};
}

}  // namespace

TEST_SUITE_BEGIN("published_keys");

TEST_CASE("a lease has its record, and with a domain a name and a pointer for the DNS") {
  const auto keys = published({named("10.0.0.5", "Web", "lab.example")});
  REQUIRE(names_of(keys) == std::vector<std::string>{"/nss-leases/v1/hv1/lab/10.0.0.5",
                                                     "/skydns/arpa/in-addr/10/0/0/5",
                                                     "/skydns/example/lab/web/hv1-10.0.0.5"});
  CHECK(keys[0].value.find(R"("hostname": "Web")") != std::string::npos);
  CHECK(keys[1].value == R"({"host":"web.lab.example","ttl":30})");
  CHECK(keys[2].value == R"({"host":"10.0.0.5","ttl":30})");
}

TEST_CASE("without a domain there is nothing for the DNS") {
  CHECK(published({named("10.0.0.5", "web")}).size() == 1);
}

TEST_CASE("what others share, what is not opted in and what has expired is not published") {
  OwnedLease nat = named("10.0.0.6", "nat");
  nat.network = "nat";
  OwnedLease others = named("10.0.0.7", "others");
  others.network = "hv2:lab";
  CHECK(published({nat, others}).empty());
  CHECK(published({named("10.0.0.5", "web")}, nullptr, 999).size() == 1);
  CHECK(published({named("10.0.0.5", "web")}, nullptr, 1000).empty());
}

TEST_CASE("a refused name has no key in the DNS, and its guest's name has") {
  OwnedLease lease = named("10.0.0.5", "wpad", "lab.example");
  lease.name_refused = true;
  lease.guest_name = "vm1";
  const auto keys = published({lease});
  REQUIRE(keys.size() == 3);
  CHECK(keys[1].value == R"({"host":"vm1.lab.example","ttl":30})");
  CHECK(keys[2].key == "/skydns/example/lab/vm1/hv1-10.0.0.5");
}

TEST_CASE("the first end of a lease is told") {
  ExpiryTime next;
  OwnedLease later = named("10.0.0.6", "later");
  later.expiry = 2000;
  published({later, named("10.0.0.5", "web")}, &next);
  CHECK(next.seconds == 1000);
}

TEST_CASE("only what differs changes, and what is not wanted goes") {
  PublishedKeys known;
  const std::vector<KeyChange> first{change("10.0.0.1", "a", "1"), change("10.0.0.2", "b", "1")};
  CHECK(known.changes_to(first).size() == 2);
  for (const KeyChange& done : first) known.note_done(done);
  CHECK(known.changes_to(first).empty());
  const auto changes = known.changes_to({change("10.0.0.1", "a", "2"), change("10.0.0.3", "c", "1")});
  REQUIRE(names_of(changes) == std::vector<std::string>{"a", "b", "c"});
  CHECK(changes[0].value == "2");
  CHECK(changes[1].value.empty());
  for (const KeyChange& done : changes) known.note_done(done);
  CHECK(known.size() == 2);
}

TEST_CASE("what may have been done or not is done again, or undone") {
  PublishedKeys known;
  const KeyChange put = change("10.0.0.1", "a", "1");
  known.note_unknown(put);
  CHECK(known.changes_to({put}).size() == 1);
  const auto removal = known.changes_to({});
  REQUIRE(removal.size() == 1);
  CHECK(removal[0].value.empty());
  known.note_done(put);
  known.note_unknown(removal[0]);
  CHECK(known.changes_to({put}).size() == 1);
}

TEST_CASE("changes of one address come together, whatever their keys are") {
  PublishedKeys known;
  const auto changes = known.changes_to(
      {change("10.0.0.2", "a", "1"), change("10.0.0.1", "b", "1"), change("10.0.0.2", "c", "1")});
  CHECK(names_of(changes) == std::vector<std::string>{"b", "a", "c"});
}

TEST_CASE("a batch has no more than etcd takes, and does not part the keys of an address") {
  std::vector<KeyChange> changes;
  for (int i = 0; i < 100; ++i) {
    for (int k = 0; k < 3; ++k)
      changes.push_back(
          change("10.0.0." + std::to_string(i), std::to_string(i) + "/" + std::to_string(k), "1"));
  }
  CHECK(end_of_batch(changes, 0) == 120);
  CHECK(end_of_batch(changes, 1) == 120);
  CHECK(end_of_batch(changes, 299) == 300);
  for (KeyChange& one : changes) one.address = ip("10.0.0.1");
  CHECK(end_of_batch(changes, 0) == 120);
}

TEST_CASE(
    "the pointer of an address is put with each change of its lease: another host may have taken it away") {
  OwnedLease lease = named("10.0.0.1", "web", "lab.example");
  PublishedKeys known;
  for (const KeyChange& change : known.changes_to(published({lease}))) known.note_done(change);
  CHECK(known.changes_to(published({lease})).empty());
  lease.expiry = 2000;
  CHECK(names_of(known.changes_to(published({lease}))) ==
        std::vector<std::string>{"/nss-leases/v1/hv1/lab/10.0.0.1", "/skydns/arpa/in-addr/10/0/0/1"});
}

TEST_CASE("the changes of one address") {
  const std::vector<KeyChange> changes{change("10.0.0.1", "/a", "1"), change("10.0.0.1", "/b", "1"),
                                       change("10.0.0.2", "/c", "1")};
  CHECK(end_of_address(changes, 0) == 2);
  CHECK(end_of_address(changes, 1) == 2);
  CHECK(end_of_address(changes, 2) == 3);
}

TEST_CASE("an address that is only reserved is not shared") {
  OwnedLease reserved = named("10.0.0.1", "web");
  reserved.reserved = true;
  CHECK(published({reserved}).empty());
}

TEST_SUITE_END();

}  // namespace leases::test
