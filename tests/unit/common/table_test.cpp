#include "common/table.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/lookup.h"
#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

using layout::Section;
using layout::TableHeader;

/// A table with a name of two leases and a name of one, which a test damages.
class Damaged {
 public:
  Damaged() {
    OwnedLease second = full_v6();
    second.hostname = "alpha";
    OwnedLease third = full_v4();
    third.address = ip("10.77.1.3");
    third.hostname = "beta";
    leases_ = {full_v4(), second, third};
    bytes_ = build_table({views_of(leases_), {{"br0", {}}}, {7}, {}});
  }

  template <typename T>
  [[nodiscard]] T get(std::size_t offset) const {
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  template <typename T>
  void set(std::size_t offset, T value) {
    bytes_.replace(offset, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
  }
  [[nodiscard]] TableHeader header() const { return get<TableHeader>(0); }
  [[nodiscard]] std::optional<Table> open() const { return Table::open(bytes_of(bytes_)); }
  std::string& bytes() { return bytes_; }

 private:
  std::vector<OwnedLease> leases_;
  std::string bytes_;
};

struct NamedSection {
  const char* name;
  std::size_t at;
  std::size_t element_size;
  std::size_t alignment;
};

template <typename Element>
constexpr NamedSection section_of(const char* name, std::size_t at) {
  return {name, at, sizeof(Element), alignof(Element)};
}

constexpr NamedSection kSections[] = {
    section_of<std::uint32_t>("name_buckets", offsetof(TableHeader, name_buckets)),
    section_of<layout::NameSlot>("names", offsetof(TableHeader, names)),
    section_of<std::uint32_t>("name_leases", offsetof(TableHeader, name_leases)),
    section_of<std::uint32_t>("address_buckets", offsetof(TableHeader, address_buckets)),
    section_of<layout::LeaseRecord>("leases", offsetof(TableHeader, leases)),
    section_of<layout::LeaseDetails>("lease_details", offsetof(TableHeader, lease_details)),
    section_of<layout::SourceRecord>("sources", offsetof(TableHeader, sources)),
    section_of<layout::GuestRecord>("guests", offsetof(TableHeader, guests)),
    section_of<char>("strings", offsetof(TableHeader, strings)),
};

/// Asks everything. The answers do not matter, only that it is safe to ask.
void ask_everything(const Table& table) {
  std::size_t seen = 0;
  const auto look_at = [&](std::uint32_t position) {
    const Lease lease = table.lease(position);
    const layout::LeaseRecord record = table.record(position);
    for (const std::string_view text : {lease.network, lease.hostname, lease.domain, table.name_of(record)}) {
      for (const char c : text) seen += static_cast<unsigned char>(c);
    }
    for (const std::uint8_t byte : lease.client_id) seen += byte;
    for (const std::uint8_t byte : lease.server_duid) seen += byte;
  };
  for (std::uint32_t i = 0; i < table.lease_count() + 2 && i < 1000; ++i) look_at(i);
  for (std::uint32_t i = 0; i < table.name_count() + 2 && i < 1000; ++i) {
    const layout::NameSlot slot = table.name(i);
    for (const char c : table.name_of(slot)) seen += static_cast<unsigned char>(c);
    seen += table.text(slot.name_offset, slot.name_length).size();
    for (std::uint32_t n = 0; n < slot.lease_count && n < 1000; ++n) look_at(table.position_of(slot, n));
  }
  for (std::uint32_t i = 0; i < table.source_count() + 2 && i < 1000; ++i) seen += table.network_of(i).size();
  for (const std::string_view name : {"alpha", "beta", "none"}) {
    const auto slot = slot_of(table, name);
    for (std::uint32_t n = 0; slot && n < slot->lease_count && n < 1000; ++n)
      look_at(table.position_of(*slot, n));
  }
  for (const std::string_view text : {"10.77.1.196", "10.77.1.3", "fd77:1::1a2b", "10.0.0.1"}) {
    const Table::Range range = table.find(ip(text));
    for (std::uint32_t n = 0; n < range.count && n < 1000; ++n) look_at(range.first + n);
    seen += table.first_after(ip(text));
  }
  CHECK(seen < std::numeric_limits<std::size_t>::max());
}

}  // namespace

TEST_SUITE_BEGIN("table");

TEST_CASE("a sound table is opened and says what it has") {
  const Damaged sound;
  const auto table = sound.open();
  REQUIRE(table);
  CHECK(table->lease_count() == 3);
  CHECK(table->name_count() == 2);
  CHECK(table->source_count() == 1);
  CHECK(table->newest_change() == ChangeTime{7});
  CHECK(table->size() == sound.header().size);
  CHECK(slot_of(*table, "ALPHA")->lease_count == 2);
  ask_everything(*table);
}

TEST_CASE("a table with nothing in it answers nothing") {
  const Table none;
  CHECK(none.lease_count() == 0);
  CHECK_FALSE(none.find(*CanonicalLabel::parse("alpha")));
  CHECK(none.find(ip("10.0.0.1")).count == 0);
  CHECK(none.first_after(ip("10.0.0.1")) == 0);
  CHECK((none.record(0).flags & layout::kGone) != 0);
  CHECK(none.text(0, 0).empty());
  CHECK(none.text(0, 1).empty());
  CHECK(none.network_of(0).empty());
}

TEST_CASE("bytes after the table do not matter, a byte too few does") {
  Damaged table;
  const std::string whole = table.bytes();
  table.bytes() += std::string(100, '\xff');
  CHECK(table.open()->lease_count() == 3);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    table.bytes() = whole.substr(0, length);
    CHECK_FALSE(table.open());
  }
}

TEST_CASE("a size that cannot be is refused") {
  const std::uint64_t real = Damaged().header().size;
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{64}, real + 64, std::uint64_t{1} << 40,
                                   std::numeric_limits<std::uint64_t>::max()}) {
    CAPTURE(size);
    Damaged table;
    table.set(offsetof(TableHeader, size), size);
    CHECK_FALSE(table.open());
  }
}

TEST_CASE("a size that is not a multiple of the alignment is refused") {
  // The next overlay begins where this table ends.
  Damaged table;
  table.bytes() += std::string(8, '\0');
  table.set(offsetof(TableHeader, size), table.header().size + 4);
  CHECK_FALSE(table.open());
}

TEST_CASE("a section that begins or ends outside the table is refused") {
  for (const NamedSection& section : kSections) {
    CAPTURE(section.name);
    const auto size = static_cast<std::uint32_t>(Damaged().header().size);
    const auto real = Damaged().get<Section>(section.at);
    const auto room = static_cast<std::uint32_t>((size - real.offset) / section.element_size);
    for (const Section wrong :
         {Section{size + 64, 0}, Section{0xffffffc0, real.count}, Section{0xffffffc0, 0xffffffff},
          Section{real.offset, room + 1}, Section{real.offset, 0xffffffff}, Section{size, 1}}) {
      CAPTURE(wrong.offset);
      CAPTURE(wrong.count);
      Damaged table;
      table.set(section.at, wrong);
      // Their counts have to be equal, so only two wrong counts get as far as the bounds.
      if (section.at == offsetof(TableHeader, leases) || section.at == offsetof(TableHeader, lease_details)) {
        for (const std::size_t at : {offsetof(TableHeader, leases), offsetof(TableHeader, lease_details)}) {
          auto both = table.get<Section>(at);
          both.count = wrong.count;
          table.set(at, both);
        }
      }
      CHECK_FALSE(table.open());
    }
  }
}

TEST_CASE("a section that is not aligned as its elements is refused") {
  for (const NamedSection& section : kSections) {
    CAPTURE(section.name);
    for (std::size_t step = 1; step < section.alignment; step *= 2) {
      Damaged table;
      auto wrong = table.get<Section>(section.at);
      wrong.offset -= static_cast<std::uint32_t>(step);
      table.set(section.at, wrong);
      CHECK_FALSE(table.open());
    }
  }
}

TEST_CASE("every lease has its details, or the table is refused") {
  for (const int difference : {-1, 1}) {
    Damaged table;
    auto details = table.get<Section>(offsetof(TableHeader, lease_details));
    details.count += static_cast<std::uint32_t>(difference);
    table.set(offsetof(TableHeader, lease_details), details);
    CHECK_FALSE(table.open());
  }
}

TEST_CASE("a bucket list is a power of two and one more") {
  for (const std::size_t at : {offsetof(TableHeader, name_buckets), offsetof(TableHeader, address_buckets)}) {
    for (const std::uint32_t count : {0U, 1U, 4U, 6U, 7U}) {
      CAPTURE(count);
      Damaged table;
      table.set(at, Section{table.get<Section>(at).offset, count});
      CHECK_FALSE(table.open());
    }
  }
}

TEST_CASE("a bucket that leads nowhere holds nothing") {
  for (const std::uint32_t wrong : {4U, 0x7fffffffU, 0xffffffffU}) {
    CAPTURE(wrong);
    Damaged table;
    for (const Section& buckets : {table.header().name_buckets, table.header().address_buckets}) {
      for (std::uint32_t i = 0; i < buckets.count; ++i) table.set(buckets.offset + 4 * std::size_t{i}, wrong);
    }
    const auto opened = table.open();
    REQUIRE(opened);
    CHECK_FALSE(opened->find(*CanonicalLabel::parse("alpha")));
    CHECK(opened->find(ip("10.77.1.196")).count == 0);
    ask_everything(*opened);
  }
}

TEST_CASE("buckets that run backwards hold nothing") {
  Damaged table;
  const Section buckets = table.header().address_buckets;
  for (std::uint32_t i = 0; i < buckets.count; ++i) {
    table.set(buckets.offset + 4 * std::size_t{i}, buckets.count - i);
  }
  const auto opened = table.open();
  REQUIRE(opened);
  CHECK(opened->find(ip("10.77.1.196")).count == 0);
}

TEST_CASE("a name whose leases lie outside the list has none") {
  for (const auto& range : std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{
           {0, 0xffffffff}, {1, 2}, {3, 2}, {0xffffffff, 2}, {0xffffffff, 0xffffffff}}) {
    const std::uint32_t first = range.first;
    const std::uint32_t count = range.second;
    CAPTURE(first);
    CAPTURE(count);
    Damaged table;
    const Section names = table.header().names;
    for (std::uint32_t i = 0; i < names.count; ++i) {
      const std::size_t slot = names.offset + i * sizeof(layout::NameSlot);
      table.set(slot + offsetof(layout::NameSlot, first), first);
      table.set(slot + offsetof(layout::NameSlot, lease_count), count);
    }
    const auto opened = table.open();
    REQUIRE(opened);
    for (std::uint32_t i = 0; i < names.count; ++i) CHECK(opened->name(i).lease_count == 0);
    const auto slot = slot_of(*opened, "alpha");
    CHECK((!slot || slot->lease_count == 0));
    ask_everything(*opened);
  }
}

TEST_CASE("a lease that a name points to beyond the end is gone") {
  Damaged table;
  const Section names = table.header().names;
  for (std::uint32_t i = 0; i < names.count; ++i) {
    const std::size_t slot = names.offset + i * sizeof(layout::NameSlot);
    table.set(slot + offsetof(layout::NameSlot, first), std::uint32_t{1000});
    table.set(slot + offsetof(layout::NameSlot, lease_count), std::uint32_t{1});
  }
  const auto opened = table.open();
  const auto slot = slot_of(*opened, "beta");
  REQUIRE(slot);
  CHECK((opened->record(opened->position_of(*slot, 0)).flags & layout::kGone) != 0);
}

TEST_CASE("a name of one lease that is beyond the end is not answered, though the slot has an address") {
  const OwnedLease lease = full_v4();
  std::string table = build_table({views_of({lease}), {{"br0", {}}}, {}, {}});
  const auto look_up = [&](const std::string& name) {
    const BuiltIndex image(table, 0);
    int answers = 0;
    visit_answers(image.view(), *HostQuery::parse(name), {0}, [&](const Answer&) { return ++answers > 0; });
    return answers;
  };
  REQUIRE(look_up("alpha") == 1);
  TableHeader header;
  std::memcpy(&header, table.data(), sizeof header);
  const std::uint32_t beyond = 1;
  std::memcpy(table.data() + header.names.offset + offsetof(layout::NameSlot, first), &beyond, sizeof beyond);
  for (const char* name : {"alpha", "alpha.br0"}) CHECK(look_up(name) == 0);
}

TEST_CASE("texts outside the strings are empty") {
  const Damaged sound;
  const auto table = sound.open();
  const std::uint32_t end = sound.header().strings.count;
  CHECK(table->text(0, end).size() == end);
  CHECK(table->text(end, 0).empty());
  CHECK(table->text(end, 1).empty());
  CHECK(table->text(0, end + 1).empty());
  CHECK(table->text(end + 1, 0).empty());
  CHECK(table->text(0xffffffff, 2).empty());
  CHECK(table->text(1, 0xffffffff).empty());
}

TEST_CASE("a hardware address that is too long is left out") {
  Damaged table;
  const Section leases = table.header().lease_details;
  for (std::uint32_t i = 0; i < leases.count; ++i) {
    table.set(
        leases.offset + i * sizeof(layout::LeaseDetails) + offsetof(layout::LeaseDetails, hardware_length),
        std::uint8_t{17});
  }
  const auto opened = table.open();
  for (std::uint32_t i = 0; i < leases.count; ++i) CHECK_FALSE(opened->lease(i).hardware);
}

TEST_CASE("any byte may be any other and it is safe to ask") {
  const std::string sound = Damaged().bytes();
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    Damaged table;
    const int hits = 1 + static_cast<int>(random() % 8);
    for (int hit = 0; hit < hits; ++hit) {
      const std::size_t at = round < 4 * static_cast<int>(sound.size()) && hit == 0
                                 ? static_cast<std::size_t>(round) % sound.size()
                                 : random() % sound.size();
      table.bytes()[at] = random() % 4 == 0 ? '\xff' : static_cast<char>(random());
    }
    // Memory of exactly this size, so that a sanitizer sees a read after its end.
    const std::vector<std::byte> exact(bytes_of(table.bytes()).begin(), bytes_of(table.bytes()).end());
    if (const auto opened = Table::open(exact)) ask_everything(*opened);
  }
}

TEST_SUITE_END();

}  // namespace leases::test
