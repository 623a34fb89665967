/// Threads that read one mapping of the index while another publishes overlays in it. For ThreadSanitizer,
/// which sees all of them here; the module's own threads it sees in tests/nss.

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "common/lookup.h"
#include "store/overlay.h"
#include "store/writable_index.h"
#include "tests/support/files.h"

using namespace leases;

namespace {

constexpr int kReaders = 4;
constexpr EpochSeconds kNow{1'800'000'000};

/// The lease of one address, whose last two bytes are its version.
struct Version {
  explicit Version(int number)
      : address(parse_ip("10.77." + std::to_string(number / 250) + '.' + std::to_string(number % 250 + 1))
                    .value()) {}
  [[nodiscard]] Lease lease() const {
    Lease lease;
    lease.network = "br0";
    lease.address = address;
    lease.hostname = "moving";
    return lease;
  }
  [[nodiscard]] static int number_of(const IpAddress& address) {
    return address.bytes[2] * 250 + address.bytes[3] - 1;
  }
  IpAddress address;
};

struct Seen {
  std::atomic<int> published{0};
  std::atomic<int> begun{0};
  std::atomic<int> wrong{0};
  std::atomic<long> lookups{0};
  std::atomic<bool> over{false};
};

/// All addresses of the name: consecutive versions, most recent first, up to one that was published.
void look_up(const IndexImage& index, Seen& seen) {
  const auto query = HostQuery::parse("moving.br0");
  const int earliest = seen.published.load();
  const auto view = IndexView::of(index);
  int newest = -1;
  int count = 0;
  if (view) {
    visit_answers(*view, *query, kNow, [&](const Answer& answer) {
      const int number = Version::number_of(answer.address);
      if (newest < 0) newest = number;
      if (number != newest - count++) ++seen.wrong;
      return true;
    });
  }
  const int latest = seen.begun.load();
  if (!view || newest < earliest || newest > latest || count != newest + 1) ++seen.wrong;
  ++seen.lookups;
}

/// Publishes overlays in a new index until there is no room for more. Returns how many lookups there were
/// meanwhile.
long publish_until_full(const Directory& directory) {
  const Lease first = Version(0).lease();
  std::optional<WritableIndex> none;
  std::string problem;
  WritableIndex::replace(directory, build_table({{first}, {{"br0", {}}}, {}, {}}), none);
  auto file = WritableIndex::open(directory, problem);
  REQUIRE(file.has_value());

  Seen seen;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!seen.over.load()) look_up(file->index(), seen);
    });
  }
  int number = 0;
  bool has_room = true;
  while (has_room) {
    const Version version(++number);
    Lease after = version.lease();
    after.changed = {static_cast<std::uint64_t>(number)};
    const IndexView view = *IndexView::of(file->index());
    const std::string overlay = build_table(next_overlay(view, {{"br0", {}}, version.address, {}, after}));
    seen.begun.store(number);
    has_room = file->publish(overlay);
    if (has_room) seen.published.store(number);
    std::this_thread::yield();
  }
  seen.over.store(true);
  for (std::thread& reader : readers) reader.join();
  CHECK(number > 10);
  CHECK(seen.wrong == 0);
  return seen.lookups;
}

}  // namespace

TEST_CASE("While overlays are published every reader sees one of them, whole and up to date") {
  const test::TemporaryDirectory place;
  const Directory directory = *Directory::open_existing(place.path());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  long lookups = 0;
  while (std::chrono::steady_clock::now() < end || lookups <= 1000) lookups += publish_until_full(directory);
  CHECK(lookups > 1000);
}
