#include "store/table_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/hash.h"
#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"
#include "util/folded_name.h"

namespace leases::test {

namespace {

/// Leases of `networks` networks with about `names` names, each at an address of its own network.
/// A name of one of the lengths at which it is kept in another way. Long ones begin alike.
std::string name_of_number(std::size_t number, bool capital) {
  constexpr std::size_t kLengths[] = {0, 15, 16, 17, 24, 25, kMaxLabel};
  const std::string digits = std::to_string(number);
  const std::size_t length = kLengths[number % std::size(kLengths)];
  return (capital ? "H" : "h") + std::string(std::max(length, digits.size() + 1) - digits.size() - 1, 'x') +
         digits;
}

std::vector<OwnedLease> random_leases(std::size_t count, std::size_t names, std::mt19937& random) {
  std::vector<OwnedLease> leases;
  for (std::size_t i = 0; i < count; ++i) {
    OwnedLease lease = random() % 3 == 0 ? full_v6() : full_v4();
    lease.network = "net" + std::to_string(random() % 3);
    // Every tenth address is leased in another network, too.
    const std::size_t number = i % 10 == 9 ? i - 1 : i;
    if (i % 10 == 9) {
      lease.address = leases.back().address;
      lease.network = "other";
    } else {
      lease.address.bytes[lease.address.size() - 1] = static_cast<std::uint8_t>(number);
      lease.address.bytes[lease.address.size() - 2] = static_cast<std::uint8_t>(number >> 8);
      lease.address.bytes[lease.address.size() - 3] = static_cast<std::uint8_t>(number >> 16);
    }
    const std::size_t name = random() % (names + 1);
    lease.hostname = name == names ? "" : name_of_number(name, random() % 2 == 0);
    lease.name_refused = !lease.hostname.empty() && random() % 16 == 0;
    lease.domain = random() % 2 == 0 ? "" : "lan.example";
    if (random() % 4 == 0) lease.hardware.reset();
    if (random() % 4 == 0) lease.client_id.clear();
    lease.changed = 1'000'000 + random() % 1000 * count + i;
    leases.push_back(lease);
  }
  return leases;
}

TableInput contents_of(const std::vector<OwnedLease>& leases) {
  TableInput contents;
  contents.leases = views_of(leases);
  std::map<std::string, layout::FileStamp> networks;
  for (const OwnedLease& lease : leases) networks[lease.network] = {1, 2, 3, 4, 5};
  for (const auto& [name, stamp] : networks) contents.sources.push_back({name, stamp});
  for (const Lease& lease : contents.leases)
    contents.newest_change = std::max(contents.newest_change, lease.changed);
  return contents;
}

using Groups = std::map<std::string, std::vector<Lease>>;

void most_recent_first(Groups& groups) {
  for (auto& [key, leases] : groups) {
    std::sort(leases.begin(), leases.end(),
              [](const Lease& a, const Lease& b) { return a.changed > b.changed; });
  }
}

void check_against_model(const Table& table, const std::vector<Lease>& leases) {
  Groups by_name;
  Groups by_address;
  for (const Lease& lease : leases) {
    if (!lease.accepted_name().empty()) by_name[folded(lease.accepted_name())].push_back(lease);
    by_address[std::string(IpText(lease.address).view())].push_back(lease);
  }
  most_recent_first(by_name);
  most_recent_first(by_address);

  CHECK(table.lease_count() == leases.size());
  CHECK(table.name_count() == by_name.size());
  for (const auto& entry : by_name) {
    const auto& name = entry.first;
    const auto& expected = entry.second;
    CAPTURE(name);
    const auto slot = slot_of(table, name);
    REQUIRE(slot);
    CHECK(table.text(slot->name_offset, slot->name_length) == expected.front().hostname);
    CHECK(table.name_of(*slot) == expected.front().hostname);
    if (expected.size() == 1) {
      CHECK(Table::address_of(*slot) == expected.front().address);
      CHECK(slot->expiry == expected.front().expiry.seconds);
    }
    REQUIRE(slot->lease_count == expected.size());
    for (std::uint32_t n = 0; n < slot->lease_count; ++n) {
      CHECK(table.lease(table.position_of(*slot, n)) == expected[n]);
    }
  }
  for (const auto& entry : by_address) {
    const auto& address = entry.first;
    const auto& expected = entry.second;
    CAPTURE(address);
    const Table::Range range = table.find(ip(address));
    REQUIRE(range.count == expected.size());
    for (std::uint32_t n = 0; n < range.count; ++n) {
      CHECK(table.lease(range.first + n) == expected[n]);
      CHECK(table.name_of(table.record(range.first + n)) == expected[n].hostname);
    }
    CHECK(table.first_after(ip(address)) == range.first + range.count);
  }
  for (const std::string_view name : {"host", "host-", "nobody", "h"}) {
    CHECK_FALSE(table.find(*CanonicalLabel::parse(name)));
  }
  for (const std::string_view address : {"0.0.0.0", "192.0.2.1", "::", "2001:db8::1"}) {
    CHECK(table.find(ip(address)).count == 0);
  }
}

}  // namespace

TEST_SUITE_BEGIN("table_builder");

TEST_CASE("a built table answers like a map, whatever its size") {
  std::mt19937 random(2);
  for (const std::size_t count :
       {0U,  1U,  2U,  3U,  4U,   5U,   6U,   7U,   8U,   9U,   15U,   16U,   17U,   31U,   32U,
        33U, 63U, 64U, 65U, 127U, 128U, 129U, 255U, 256U, 257U, 1000U, 1023U, 1024U, 1025U, 5000U}) {
    for (const std::size_t names : {std::size_t{1}, count / 3 + 1, count * 10}) {
      CAPTURE(count);
      CAPTURE(names);
      const std::vector<OwnedLease> leases = random_leases(count, names, random);
      const std::string bytes = build_table(contents_of(leases));
      CHECK(bytes.size() % layout::kAlignment == 0);
      const auto table = Table::open(bytes_of(bytes));
      REQUIRE(table);
      CHECK(table->size() == bytes.size());
      check_against_model(*table, views_of(leases));
    }
  }
}

TEST_CASE("the same contents give the same bytes in whatever order they are") {
  std::mt19937 random(3);
  for (const std::size_t count : {2U, 3U, 10U, 100U, 1000U}) {
    const std::vector<OwnedLease> leases = random_leases(count, count / 4 + 1, random);
    TableInput contents = contents_of(leases);
    contents.sources.push_back({"empty", {9, 9, 9, 9, 9}});
    const std::string bytes = build_table(contents);
    for (int round = 0; round < 5; ++round) {
      std::shuffle(contents.leases.begin(), contents.leases.end(), random);
      std::shuffle(contents.sources.begin(), contents.sources.end(), random);
      CHECK(build_table(contents) == bytes);
    }
  }
}

TEST_CASE("the same overlay gives the same bytes in whatever order its parts are") {
  std::mt19937 random(4);
  const std::vector<OwnedLease> leases = random_leases(20, 5, random);
  TableInput contents = contents_of(leases);
  contents.overlay = {{"host-0", "host-1", "gone-1", "gone-2", "gone-3"},
                      {ip("10.9.9.1"), ip("10.9.9.2"), ip("::9")}};
  const std::string bytes = build_table(contents);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(contents.leases.begin(), contents.leases.end(), random);
    std::shuffle(contents.overlay->gone.begin(), contents.overlay->gone.end(), random);
    CHECK(build_table(contents) == bytes);
  }
  for (int round = 0; round < 5; ++round) {
    std::shuffle(contents.overlay->names.begin(), contents.overlay->names.end(), random);
    CHECK(build_table(contents) == bytes);
  }
}

TEST_CASE("an overlay lists the names that it is complete for, and no others") {
  OwnedLease other = full_v6();
  const OwnedLease lease = full_v4();
  TableInput contents = contents_of({lease, other});
  contents.leases = {lease.lease(), other.lease()};
  contents.overlay = {{"ALPHA", "gone"}, {ip("10.9.9.1")}};
  const std::string bytes = build_table(contents);
  const auto table = Table::open(bytes_of(bytes));
  REQUIRE(table);
  CHECK(table->name_count() == 2);
  CHECK(slot_of(*table, "alpha")->lease_count == 1);
  CHECK(slot_of(*table, "gone")->lease_count == 0);
  CHECK_FALSE(table->find(*CanonicalLabel::parse("six")));

  const Table::Range gone = table->find(ip("10.9.9.1"));
  REQUIRE(gone.count == 1);
  CHECK(table->record(gone.first).flags == layout::kGone);
  CHECK((table->record(table->find(other.address).first).flags & layout::kGone) == 0);
}

TEST_CASE("every member of a lease comes back") {
  OwnedLease temporary = full_v6();
  temporary.address = ip("fd77:1::9");
  temporary.iaid = Iaid{4294967295, true};
  temporary.name_refused = true;
  OwnedLease longest = full_v4();
  longest.address = ip("10.0.0.2");
  longest.hostname = std::string(63, 'h');
  longest.domain = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + '.' +
                   std::string(61, 'd');
  longest.client_id.assign(255, 0xee);
  longest.hardware = mac("ffff-00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f");
  longest.expiry = ~std::uint64_t{0};
  OwnedLease bare;
  bare.address = ip("::");
  const std::vector<OwnedLease> leases{full_v4(), full_v6(), temporary, longest, bare};
  const std::string bytes = build_table(contents_of(leases));
  const auto table = Table::open(bytes_of(bytes));
  REQUIRE(table);
  for (const OwnedLease& lease : leases) {
    const Table::Range range = table->find(lease.address);
    REQUIRE(range.count == 1);
    CHECK(table->lease(range.first) == lease.lease());
  }
}

TEST_CASE("a name that the policy refused is kept but not listed") {
  OwnedLease refused = full_v4();
  refused.name_refused = true;
  const std::string bytes = build_table(contents_of({refused}));
  const auto table = Table::open(bytes_of(bytes));
  CHECK(table->name_count() == 0);
  CHECK_FALSE(table->find(*CanonicalLabel::parse("alpha")));
  CHECK(table->lease(0).hostname == "Alpha");
  CHECK(table->lease(0).name_refused);
}

TEST_CASE("networks are sorted and keep their stamps, those without leases too") {
  TableInput contents;
  contents.sources = {{"zeta", {1, 2, 3, 4, 5}}, {"alpha", {6, 7, 8, -9, 10}}};
  const std::string bytes = build_table(contents);
  const auto table = Table::open(bytes_of(bytes));
  REQUIRE(table->source_count() == 2);
  CHECK(table->network_of(0) == "alpha");
  CHECK(table->source(0).stamp == layout::FileStamp{6, 7, 8, -9, 10});
  CHECK(table->network_of(1) == "zeta");
  CHECK(table->source(1).stamp == layout::FileStamp{1, 2, 3, 4, 5});
  CHECK(table->network_of(2).empty());
}

TEST_CASE("names are sorted by hash and records by the hash of the address, as the layout says") {
  std::mt19937 random(5);
  const std::vector<OwnedLease> leases = random_leases(500, 200, random);
  const std::string bytes = build_table(contents_of(leases));
  const auto table = Table::open(bytes_of(bytes));
  for (std::uint32_t i = 1; i < table->name_count(); ++i)
    CHECK(table->name(i - 1).hash < table->name(i).hash);
  for (std::uint32_t i = 1; i < table->lease_count(); ++i) {
    CHECK(hash_of(Table::address_of(table->record(i - 1))) <= hash_of(Table::address_of(table->record(i))));
  }
  for (std::uint32_t i = 0; i < table->name_count(); ++i) {
    const layout::NameSlot slot = table->name(i);
    const std::string name = folded(table->text(slot.name_offset, slot.name_length));
    CHECK(slot.hash == Hash::of(name.data(), name.size()));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
