#include "store/transaction.h"

#include <doctest/doctest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "import/importer.h"
#include "import/status_parser.h"
#include "store/status_text.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

namespace {

/// 2100: later than any clock that runs these tests.
constexpr std::uint64_t kFuture = 4'102'444'800'000'000'000;

void put(const Settings& settings, const OwnedLease& lease) {
  StoreTransaction(settings).put(lease.lease());
}

}  // namespace

TEST_SUITE_BEGIN("transaction");

TEST_CASE("a lease that is put is in the status file and in the index") {
  const StoreFixture fixture;
  StoreTransaction store(fixture.settings());
  const OwnedLease lease = full_v4();
  CHECK(store.put(lease.lease()));
  const auto found = store.find("br0", lease.address);
  REQUIRE(found);
  OwnedLease expected = lease;
  expected.changed = found->changed.nanoseconds;
  CHECK(*found == expected.lease());
  CHECK(fixture.status("br0") == status_text({expected.lease()}));
  CHECK(store.is_current("br0"));
  CHECK(store.is_current());
  CHECK_FALSE(store.find("lab", lease.address));
}

TEST_CASE("the next transaction sees what the last one did") {
  const StoreFixture fixture;
  put(fixture.settings(), full_v4());
  put(fixture.settings(), full_v6());
  const StoreTransaction store(fixture.settings());
  CHECK(store.is_current());
  CHECK(store.leases_of("br0").size() == 2);
  CHECK(store.find("br0", full_v4().address)->hostname == "Alpha");
  CHECK(store.networks() == std::vector<std::string>{"br0"});
}

TEST_CASE("who watches the runtime directory is told after a change was published, not only before") {
  const StoreFixture fixture;
  const int changes = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  REQUIRE(::inotify_add_watch(changes, fixture.settings().runtime_directory.c_str(), IN_CLOSE_WRITE) >= 0);
  std::array<char, 4096> reports{};
  {
    StoreTransaction store(fixture.settings());
    store.put(full_v4().lease());
    while (::read(changes, reports.data(), reports.size()) > 0) {
    }
  }
  const ssize_t length = ::read(changes, reports.data(), reports.size());
  ::close(changes);
  REQUIRE(length > 0);
  CHECK(std::string_view(reports.data(), static_cast<std::size_t>(length)).find(kIndexName) !=
        std::string_view::npos);
}

TEST_CASE("a lease that is put once more as it is writes nothing") {
  const StoreFixture fixture;
  for (const OwnedLease& lease : {full_v4(), full_v6()}) put(fixture.settings(), lease);
  const std::string status = identity_of(fixture.status_path("br0"));
  const std::string file = identity_of(fixture.index_path());
  const std::string index = read_file(fixture.index_path());
  StoreTransaction store(fixture.settings());
  for (OwnedLease lease : {full_v4(), full_v6()}) {
    lease.changed += 12345;
    CHECK_FALSE(store.put(lease.lease()));
  }
  CHECK_FALSE(store.remove("br0", ip("10.9.9.9")));
  CHECK_FALSE(store.remove("lab", full_v4().address));
  CHECK(identity_of(fixture.status_path("br0")) == status);
  CHECK(identity_of(fixture.index_path()) == file);
  CHECK(read_file(fixture.index_path()) == index);
}

TEST_CASE("whatever else is new is written") {
  const StoreFixture fixture;
  OwnedLease lease = full_v6();
  put(fixture.settings(), lease);
  const auto is_written = [&] {
    const std::string before = identity_of(fixture.status_path("br0"));
    StoreTransaction store(fixture.settings());
    return store.put(lease.lease()) && identity_of(fixture.status_path("br0")) != before &&
           store.find("br0", lease.address)->changed > ChangeTime{lease.changed};
  };
  lease.hostname = "SIX";
  CHECK(is_written());
  lease.name_refused = true;
  CHECK(is_written());
  lease.domain = "other";
  CHECK(is_written());
  lease.expiry += 1;
  CHECK(is_written());
  lease.hardware = mac("02:00:00:00:00:07");
  CHECK(is_written());
  lease.hardware.reset();
  CHECK(is_written());
  lease.client_id.push_back(1);
  CHECK(is_written());
  lease.server_duid.push_back(1);
  CHECK(is_written());
  lease.iaid = Iaid{33554438, true};
  CHECK(is_written());
  lease.iaid.reset();
  CHECK(is_written());
}

TEST_CASE("a lease that is removed is gone from both, and from its network only") {
  const StoreFixture fixture;
  StoreTransaction store(fixture.settings());
  OwnedLease elsewhere = full_v4();
  elsewhere.network = "lab";
  for (const OwnedLease& lease : {full_v4(), full_v6(), elsewhere}) REQUIRE(store.put(lease.lease()));
  CHECK(store.remove("br0", full_v4().address));
  CHECK_FALSE(store.remove("br0", full_v4().address));
  CHECK_FALSE(store.find("br0", full_v4().address));
  CHECK(store.find("lab", full_v4().address));
  CHECK(store.remove("br0", full_v6().address));
  CHECK(fixture.status("br0") == "[]\n");
  CHECK(store.is_current());
}

TEST_CASE("the file's order is that of the last change") {
  const StoreFixture fixture;
  StoreTransaction store(fixture.settings());
  OwnedLease first = full_v4();
  for (const OwnedLease& lease : {first, full_v6()}) REQUIRE(store.put(lease.lease()));
  first.expiry += 60;
  REQUIRE(store.put(first.lease()));
  const ParsedFile parsed = parse_status(fixture.status("br0"), "br0", {});
  REQUIRE(parsed.leases.size() == 2);
  CHECK(parsed.leases[0].address == full_v6().address);
  CHECK(parsed.leases[1].address == first.address);
  CHECK(parsed.leases == store.leases_of("br0"));
}

TEST_CASE("times of change increase strictly, even when the clock stands still or goes back") {
  const StoreFixture fixture;
  OwnedLease future = full_v4();
  future.changed = kFuture;
  write_file(fixture.status_path("br0"), status_text({future.lease()}));
  fixture.import();

  OwnedLease lease = full_v6();
  for (std::uint64_t n = 1; n <= 5; ++n) {
    lease.network = n % 2 == 0 ? "lab" : "br0";
    lease.expiry += 1;
    put(fixture.settings(), lease);
    CHECK(StoreTransaction(fixture.settings()).find(lease.network, lease.address)->changed ==
          ChangeTime{kFuture + n});
  }
  // Not even a removal and a new index set them back.
  StoreTransaction(fixture.settings()).remove("br0", lease.address);
  put(fixture.settings(), lease);
  CHECK(StoreTransaction(fixture.settings()).find("br0", lease.address)->changed == ChangeTime{kFuture + 6});
}

TEST_CASE("after the latest time of change that can be told there is none") {
  const StoreFixture fixture;
  OwnedLease lease = full_v4();
  lease.changed = kLatestChange.nanoseconds;
  write_file(fixture.status_path("br0"), status_text({lease.lease()}));
  CHECK(fixture.import().empty());
  StoreTransaction(fixture.settings()).put(full_v6().lease());
  CHECK(parse_status(fixture.status("br0"), "br0", {}).damage.empty());
  fixture.import(ImportScope::everything);
  CHECK(StoreTransaction(fixture.settings()).leases_of("br0").size() == 2);
}

TEST_CASE("leases that are written anew together do not change later than can be told, either") {
  const StoreFixture fixture;
  OwnedLease latest = full_v4();
  latest.changed = kLatestChange.nanoseconds;
  write_file(fixture.status_path("br0"), status_text({latest.lease()}));
  CHECK(fixture.import().empty());
  std::vector<OwnedLease> owned(3, full_v4());
  std::vector<Lease> leases;
  for (std::size_t i = 0; i < owned.size(); ++i) {
    owned[i].address = ip("10.0.0." + std::to_string(i + 1));
    owned[i].changed = 0;
    leases.push_back(owned[i].lease());
  }
  StoreTransaction(fixture.settings()).rewrite({"br0"}, leases);
  const StoreTransaction store(fixture.settings());
  REQUIRE(store.leases_of("br0").size() == 3);
  for (const Lease& lease : store.leases_of("br0")) CHECK(lease.changed == kLatestChange);
  const std::string text = fixture.status("br0");
  const ParsedFile parsed = parse_status(text, "br0", {});
  CHECK(parsed.problems.empty());
  for (const Lease& lease : parsed.leases) CHECK(lease.changed == kLatestChange);
}

TEST_CASE("times of change are the clock's when it runs as it should") {
  const auto present = [] {
    // Not time(2), whose clock lags behind by up to a tick.
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
  };
  const StoreFixture fixture;
  const std::uint64_t before = present();
  StoreTransaction store(fixture.settings());
  REQUIRE(store.put(full_v4().lease()));
  const std::uint64_t changed = store.find("br0", full_v4().address)->changed.nanoseconds;
  CHECK(changed >= before);
  CHECK(changed <= present());
}

TEST_CASE("leases that are over are ended on request, in one network or in all") {
  const StoreFixture fixture;
  StoreTransaction store(fixture.settings());
  OwnedLease over = full_v4();
  over.expiry = 1000;
  OwnedLease over_elsewhere = over;
  over_elsewhere.network = "lab";
  for (const OwnedLease& lease : {over, over_elsewhere, full_v6()}) REQUIRE(store.put(lease.lease()));
  const std::string lab = identity_of(fixture.status_path("lab"));

  store.remove_expired([](std::string_view) { return true; }, {999});
  CHECK(store.find("br0", over.address));
  store.remove_expired([](std::string_view network) { return network == "br0"; }, {1000});
  CHECK_FALSE(store.find("br0", over.address));
  CHECK(store.find("br0", full_v6().address));
  CHECK(store.find("lab", over.address));
  CHECK(identity_of(fixture.status_path("lab")) == lab);
  store.remove_expired([](std::string_view) { return true; }, {1000});
  CHECK_FALSE(store.find("lab", over.address));
  CHECK(fixture.status("lab") == "[]\n");
  CHECK(store.is_current());
}

TEST_SUITE_END();

}  // namespace leases::test
