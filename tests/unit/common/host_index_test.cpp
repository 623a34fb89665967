#include "common/host_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/hash.h"
#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

using layout::FileHeader;

std::string one_lease() {
  const OwnedLease lease = full_v4();
  return build_table({{lease.lease()}, {{"br0", {}}}, {lease.changed}, {}});
}

/// An overlay that says that an address and a name are gone.
std::string nothing_left() {
  TableInput contents;
  contents.overlay = {{"Alpha"}, {full_v4().address}};
  return build_table(contents);
}

IndexFault fault_of(const BuiltIndex& image) {
  IndexImage index;
  return image.open(index);
}

}  // namespace

TEST_SUITE_BEGIN("host_index");

TEST_CASE("a sound file is opened") {
  const BuiltIndex image(one_lease(), 64, 41);
  IndexImage index;
  REQUIRE(image.open(index) == IndexFault::none);
  CHECK(index.generation() == 41);
  CHECK_FALSE(index.superseded());
  CHECK(index.overlay_offset() == 0);
  CHECK(index.snapshot().lease_count() == 1);
}

TEST_CASE("every kind of wrong header has a fault of its own") {
  struct Wrong {
    IndexFault fault;
    std::size_t offset;
    std::uint64_t value;
    bool sealed;
  };
  const std::uint64_t size = BuiltIndex(one_lease(), 64).bytes().size();
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  for (const Wrong& wrong : std::initializer_list<Wrong>{
           {IndexFault::foreign, offsetof(FileHeader, magic), 0x0102030405060708, true},
           {IndexFault::damaged, offsetof(FileHeader, file_size), size + 8, true},
           {IndexFault::damaged, offsetof(FileHeader, file_size), size - 8, true},
           {IndexFault::damaged, offsetof(FileHeader, file_size), size, false},
           {IndexFault::damaged, offsetof(FileHeader, generation), 2, false},
           {IndexFault::damaged, offsetof(FileHeader, snapshot_size), size - 63, true},
           {IndexFault::damaged, offsetof(FileHeader, snapshot_size), kHuge, true},
           {IndexFault::damaged, offsetof(FileHeader, snapshot_size), 8, true},
           {IndexFault::damaged, offsetof(FileHeader, snapshot_size), 0, true},
           {IndexFault::damaged, offsetof(FileHeader, checksum), 0, false}}) {
    CAPTURE(wrong.offset);
    CAPTURE(wrong.value);
    BuiltIndex image(one_lease(), 64);
    image.set(wrong.offset, wrong.value);
    if (wrong.sealed) image.seal();
    if (wrong.offset == offsetof(FileHeader, file_size) && wrong.value == size) image.bytes().pop_back();
    CHECK(fault_of(image) == wrong.fault);
  }
}

TEST_CASE("another version and another byte order are distinguished from damage") {
  BuiltIndex newer(one_lease());
  newer.set(offsetof(FileHeader, version), layout::kVersion + 1);
  CHECK(fault_of(newer) == IndexFault::other_version);
  newer.seal();
  CHECK(fault_of(newer) == IndexFault::other_version);

  BuiltIndex swapped(one_lease());
  swapped.set(offsetof(FileHeader, byte_order), std::uint32_t{0x04030201});
  CHECK(fault_of(swapped) == IndexFault::other_byte_order);
}

TEST_CASE("a fault leaves the index as it was") {
  BuiltIndex sound(one_lease());
  IndexImage index;
  REQUIRE(sound.open(index) == IndexFault::none);
  BuiltIndex damaged(one_lease());
  damaged.set(offsetof(FileHeader, checksum), std::uint64_t{0});
  CHECK(damaged.open(index) == IndexFault::damaged);
  CHECK(index.file().data() == bytes_of(sound.bytes()).data());
  CHECK(index.snapshot().lease_count() == 1);
}

TEST_CASE("a file that ends too early is not trusted, wherever it ends") {
  const std::string whole = BuiltIndex(one_lease(), 64).bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    const std::string part = whole.substr(0, length);
    IndexImage index;
    const IndexFault fault = IndexImage::open(bytes_of(part), index);
    CHECK(fault == (length < sizeof(FileHeader) ? IndexFault::too_short : IndexFault::damaged));
  }
}

TEST_CASE("no bit of the part that never changes can be another") {
  for (std::size_t bit = 0; bit < layout::kChecksummedBytes * 8; ++bit) {
    CAPTURE(bit);
    BuiltIndex image(one_lease());
    image.bytes()[bit / 8] = static_cast<char>(image.bytes()[bit / 8] ^ 1 << bit % 8);
    CHECK(fault_of(image) != IndexFault::none);
  }
}

TEST_CASE("each fault is described in words of its own") {
  std::set<std::string> descriptions;
  for (const IndexFault fault :
       {IndexFault::none, IndexFault::too_short, IndexFault::foreign, IndexFault::other_version,
        IndexFault::other_byte_order, IndexFault::damaged}) {
    descriptions.insert(describe(fault));
  }
  CHECK(descriptions.size() == 6);
}

TEST_CASE("what the writer changes in a file that is in use is seen") {
  BuiltIndex image(one_lease());
  IndexImage index;
  REQUIRE(image.open(index) == IndexFault::none);
  image.set(offsetof(FileHeader, superseded), std::uint32_t{layout::kReplaced});
  CHECK(index.superseded());
  CHECK_FALSE(index.emptied());
  image.set(offsetof(FileHeader, superseded), std::uint32_t{layout::kEmptied});
  CHECK(index.superseded());
  CHECK(index.emptied());
  CHECK(image.open(index) == IndexFault::emptied);

  REQUIRE(leases_of(*IndexView::of(index), "alpha").size() == 1);
  REQUIRE(image.publish(nothing_left()));
  CHECK(leases_of(*IndexView::of(index), "alpha").empty());
}

TEST_CASE("the overlay hides what it knows to be gone") {
  BuiltIndex image(one_lease());
  REQUIRE(image.publish(nothing_left()));
  const IndexView view = image.view();
  CHECK(leases_of(view, "alpha").empty());
  CHECK(view.find(full_v4().address).range.count == 0);
  CHECK(view.next({}).range.count == 0);
  int visited = 0;
  view.for_each_lease([&](const Lease&) { ++visited; });
  CHECK(visited == 0);
}

TEST_CASE("a damaged overlay makes the file as a whole unusable, because the snapshot alone would be wrong") {
  const std::uint64_t size = BuiltIndex(one_lease(), 4096).bytes().size();
  for (const std::uint64_t offset : {std::uint64_t{4}, size - 8, size, size + 8, std::uint64_t{1} << 63,
                                     std::numeric_limits<std::uint64_t>::max() - 7}) {
    CAPTURE(offset);
    BuiltIndex image(one_lease(), 4096);
    image.set(offsetof(FileHeader, overlay_offset), offset);
    IndexImage index;
    REQUIRE(image.open(index) == IndexFault::none);
    CHECK_FALSE(IndexView::of(index));
  }
}

TEST_CASE("an overlay cannot lie in the header or the snapshot") {
  // A writer that trusted it would append the next overlay there, where readers look.
  BuiltIndex image(one_lease());
  image.set(offsetof(FileHeader, overlay_offset), layout::kSnapshotOffset);
  IndexImage index;
  REQUIRE(image.open(index) == IndexFault::none);
  CHECK_FALSE(IndexView::of(index));
}

TEST_CASE("a view of nothing has no leases") {
  const IndexView view;
  CHECK(leases_of(view, "alpha").empty());
  CHECK(view.find(ip("10.0.0.1")).range.count == 0);
  CHECK(view.next({}).range.count == 0);
  CHECK(view.next(ip("10.0.0.1")).range.count == 0);
  CHECK(view.newest_change() == ChangeTime{});
}

TEST_CASE("an overlay between two words is refused, even if it is sound") {
  BuiltIndex image(one_lease());
  const std::string overlay = nothing_left();
  const std::uint64_t offset = layout::kSnapshotOffset + one_lease().size() + 4;
  image.bytes().replace(offset, overlay.size(), overlay);
  image.set(offsetof(FileHeader, overlay_offset), offset);
  IndexImage index;
  REQUIRE(image.open(index) == IndexFault::none);
  CHECK_FALSE(IndexView::of(index));
}

TEST_CASE("an enumeration of a table in no order comes to an end") {
  std::vector<OwnedLease> leases;
  for (int i = 1; i < 50; ++i) {
    leases.push_back(full_v4());
    leases.back().address = ip("10.0.0." + std::to_string(i));
  }
  const std::string sound = build_table({views_of(leases), {{"br0", {}}}, {}, {}});
  layout::TableHeader header;
  sound.copy(reinterpret_cast<char*>(&header), sizeof header);
  std::mt19937 random(9);
  for (int round = 0; round < 200; ++round) {
    std::string shuffled = sound;
    std::vector<layout::LeaseRecord> records(header.leases.count);
    std::memcpy(records.data(), shuffled.data() + header.leases.offset,
                header.leases.count * sizeof records[0]);
    std::shuffle(records.begin(), records.end(), random);
    std::memcpy(shuffled.data() + header.leases.offset, records.data(),
                header.leases.count * sizeof records[0]);
    const BuiltIndex image(shuffled, 0);
    const IndexView view = image.view();
    std::optional<IpAddress> previous;
    for (std::size_t turns = 0;; ++turns) {
      REQUIRE(turns <= leases.size());
      const IndexView::Records records_of_next = view.next(previous);
      if (records_of_next.range.count == 0) break;
      previous = Table::address_of(records_of_next.table->record(records_of_next.range.first));
    }
  }
}

TEST_SUITE_END();

}  // namespace leases::test
