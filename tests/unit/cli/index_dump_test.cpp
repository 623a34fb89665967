#include "cli/output/index_dump.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

namespace {

using namespace leases::test;
using Json = nlohmann::ordered_json;

/// An index with a snapshot of two leases, one of which an overlay takes away.
BuiltIndex image() {
  const std::vector<OwnedLease> leases{full_v4(), full_v6()};
  const IndexedSource network{leases[0].network, {}};
  const std::uint64_t newest = std::max(leases[0].changed, leases[1].changed);
  BuiltIndex image(build_table({views_of(leases), {network}, {newest}, {}}), 1 << 12);
  const auto gone = change_of(network, leases[0].address, leases[0].lease(), {});
  REQUIRE(image.publish(build_table(next_overlay(image.view(), gone))));
  return image;
}

/// Memory of exactly this size, so that a sanitizer sees a read after its end.
std::vector<std::byte> exact(const std::string& bytes) {
  return {bytes_of(bytes).begin(), bytes_of(bytes).end()};
}

std::vector<Json> rows_of(const std::string& bytes, IndexFault expected = IndexFault::none) {
  std::vector<Json> rows;
  CHECK(dump_index(exact(bytes), [&](const Json& row) { rows.push_back(row); }) == expected);
  return rows;
}

std::size_t count_of(const std::vector<Json>& rows, std::string_view section) {
  std::size_t count = 0;
  for (const Json& row : rows) count += row["section"] == section ? 1 : 0;
  return count;
}

}  // namespace

TEST_SUITE_BEGIN("index_dump");

TEST_CASE("a sound index has a row for everything in it, and nothing is damaged") {
  const auto rows = rows_of(image().bytes());
  for (const char* section : {"header", "snapshot", "overlay", "overlay-name", "overlay-lease"}) {
    CAPTURE(section);
    CHECK(count_of(rows, section) == 1);
  }
  CHECK(count_of(rows, "snapshot-lease") == 2);
  for (const Json& row : rows) CHECK_FALSE(row.contains("damaged"));
}

TEST_CASE("the snapshot is shown when the overlay cannot be") {
  BuiltIndex damaged = image();
  damaged.set(offsetof(layout::FileHeader, overlay_offset), std::uint64_t{12});
  const auto rows = rows_of(damaged.bytes());
  CHECK(rows.front()["damaged"] == Json::array({"overlay-offset"}));
  CHECK(count_of(rows, "snapshot-lease") == 2);
  CHECK(count_of(rows, "overlay") == 0);
}

TEST_CASE("a name that the writer would not have written is shown and said to be damaged") {
  BuiltIndex damaged = image();
  const std::string name = full_v6().hostname;
  for (std::size_t at = 0; (at = damaged.bytes().find(name, at)) != std::string::npos; ++at)
    damaged.bytes()[at] = '\033';
  std::size_t shown = 0;
  for (const Json& row : rows_of(damaged.bytes())) {
    if (row.contains("hostname") && row["hostname"] == '\033' + name.substr(1)) {
      CHECK(row["damaged"] == Json::array({"hostname"}));
      ++shown;
    }
  }
  CHECK(shown == 1);
}

TEST_CASE("a file that is not an index has no rows") {
  CHECK(rows_of("", IndexFault::too_short).empty());
  CHECK(rows_of(std::string(1000, 'x'), IndexFault::foreign).empty());
}

TEST_CASE("any byte may be any other and it is safe to dump") {
  const BuiltIndex sound = image();
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    BuiltIndex damaged = sound;
    const int hits = 1 + static_cast<int>(random() % 8);
    for (int hit = 0; hit < hits; ++hit) {
      damaged.bytes()[random() % damaged.bytes().size()] =
          random() % 4 == 0 ? '\xff' : static_cast<char>(random());
    }
    damaged.seal();
    dump_index(exact(damaged.bytes()), [](const Json& row) {
      CHECK_FALSE(row.dump(-1, ' ', false, Json::error_handler_t::replace).empty());
    });
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
