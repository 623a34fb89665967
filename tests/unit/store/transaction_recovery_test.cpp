#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "import/status_parser.h"
#include "store/transaction.h"
#include "store/writable_index.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

TEST_SUITE_BEGIN("transaction_recovery");

TEST_CASE(
    "an index that is missing, damaged, foreign or not to be trusted is made anew from the status files") {
  const StoreFixture fixture;
  for (const OwnedLease& lease : {full_v4(), full_v6()}) fixture.put(lease);
  const std::string status = identity_of(fixture.status_path("br0"));
  const std::string index = read_file(fixture.index_path());
  const std::vector<std::string> damages{"",
                                         "x",
                                         index.substr(0, index.size() / 2),
                                         std::string(100'000, '\xff'),
                                         std::string(100'000, '\0'),
                                         index + "x",
                                         "X" + index.substr(1),
                                         index.substr(0, 50) + '\x04' + index.substr(51)};
  const auto recovers = [&] {
    CHECK_FALSE(StoreTransaction(fixture.settings()).is_current("br0"));
    CHECK(StoreTransaction(fixture.settings()).view().find(full_v4().address).range.count == 0);
    fixture.import();
    const StoreTransaction store(fixture.settings());
    CHECK(store.is_current());
    CHECK(store.leases_of("br0").size() == 2);
    CHECK(identity_of(fixture.status_path("br0")) == status);
  };
  for (const std::string& damage : damages) {
    CAPTURE(damage.size());
    std::filesystem::remove(fixture.index_path());
    write_file(fixture.index_path(), damage);
    recovers();
  }
  std::filesystem::remove(fixture.index_path());
  recovers();
  REQUIRE(::chmod(fixture.index_path().c_str(), 0666) == 0);
  recovers();
  std::filesystem::rename(fixture.index_path(), fixture.index_path() + ".real");
  std::filesystem::create_symlink(fixture.index_path() + ".real", fixture.index_path());
  recovers();
}

TEST_CASE("an index whose writer was killed before the new one was in its place is used, and replaced next") {
  const StoreFixture fixture;
  fixture.put(full_v4());
  std::string marked = read_file(fixture.index_path());
  marked[offsetof(layout::FileHeader, superseded)] = 1;
  write_file(fixture.index_path(), marked);
  const Directory directory = Directory::open_or_create(fixture.settings().runtime_directory);
  std::string problem;
  const auto reader = WritableIndex::open(directory, problem);
  REQUIRE(reader);
  CHECK(StoreTransaction(fixture.settings()).is_current());
  CHECK(StoreTransaction(fixture.settings()).leases_of("br0").size() == 1);
  CHECK(read_file(fixture.index_path()) == marked);

  // Readers look at the path at each lookup, so they see this one at once.
  fixture.put(full_v6());
  const auto next = WritableIndex::open(directory, problem);
  REQUIRE(next);
  CHECK(reader->index().superseded());
  CHECK_FALSE(next->index().superseded());
  CHECK(next->index().generation() == reader->index().generation() + 1);
  CHECK(StoreTransaction(fixture.settings()).leases_of("br0").size() == 2);
}

TEST_CASE("an index that could not be replaced goes on without a mark") {
  const StoreFixture fixture;
  fixture.put(full_v4());
  const Directory directory = Directory::open_or_create(fixture.settings().runtime_directory);
  std::string problem;
  auto present = WritableIndex::open(directory, problem);
  REQUIRE(present);
  std::filesystem::remove(fixture.index_path());
  std::filesystem::create_directory(fixture.index_path());
  CHECK_THROWS_AS(WritableIndex::replace(directory, build_table({}), present), Error);
  CHECK_FALSE(present->index().superseded());
}

TEST_CASE("a status file that somebody else wrote is not current, and neither is one that was removed") {
  const StoreFixture fixture;
  fixture.put(full_v4());
  OwnedLease other = full_v4();
  other.network = "lab";
  fixture.put(other);
  const std::string text = fixture.status("br0");
  // The same bytes in another file: whoever wrote it may have meant something by it.
  std::filesystem::remove(fixture.status_path("br0"));
  {
    const StoreTransaction store(fixture.settings());
    CHECK_FALSE(store.is_current("br0"));
    CHECK_FALSE(store.is_current());
    CHECK(store.is_current("lab"));
    CHECK(store.is_current("never-seen"));
  }
  write_file(fixture.status_path("br0"), text);
  CHECK_FALSE(StoreTransaction(fixture.settings()).is_current("br0"));
  write_file(fixture.status_path("new"), "[]\n");
  CHECK_FALSE(StoreTransaction(fixture.settings()).is_current("new"));
}

TEST_CASE("a status file that was removed is written again whole also where no index can be made") {
  const StoreFixture fixture;
  for (const OwnedLease& lease : {full_v4(), full_v6()}) fixture.put(lease);
  std::filesystem::remove(fixture.status_path("br0"));
  const auto names = [&] {
    std::vector<std::string> found;
    for (const Lease& lease : parse_status(fixture.status("br0"), "br0", {}).leases)
      found.emplace_back(lease.hostname);
    return found;
  };
  using Names = std::vector<std::string>;
  CHECK(StoreTransaction(fixture.settings()).lacks_file(""));
  CHECK_FALSE(StoreTransaction(fixture.settings()).lacks_file("lab"));
  OwnedLease renamed = full_v4();
  renamed.hostname = "renamed";
  SUBCASE("with a lease") {
    StoreTransaction(fixture.settings()).put_without_index(renamed.lease());
    CHECK(names() == Names{"six", "renamed"});
  }
  SUBCASE("with the end of one") {
    StoreTransaction(fixture.settings()).remove_without_index("br0", full_v4().address);
    CHECK(names() == Names{"six"});
  }
  CHECK_FALSE(StoreTransaction(fixture.settings()).lacks_file(""));
}

TEST_CASE("a reader of an index that was replaced is told so") {
  const StoreFixture fixture;
  fixture.put(full_v4());
  const Directory directory = Directory::open_or_create(fixture.settings().runtime_directory);
  std::string problem;
  const auto reader = WritableIndex::open(directory, problem);
  REQUIRE(reader);
  fixture.put(full_v6());
  CHECK_FALSE(reader->index().superseded());
  CHECK(leases_of(*IndexView::of(reader->index()), "six").size() == 1);

  fixture.import(ImportScope::everything);
  CHECK(reader->index().superseded());
  CHECK(reader->index().emptied());
  const auto next = WritableIndex::open(directory, problem);
  REQUIRE(next);
  CHECK_FALSE(next->index().superseded());
  CHECK(next->index().generation() == reader->index().generation() + 1);
}

TEST_CASE("when the room for overlays is used up the index is written anew and says the same") {
  const StoreFixture fixture;
  StoreTransaction store(fixture.settings());
  const auto inode = [&] {
    return identity_of(fixture.index_path()).substr(0, identity_of(fixture.index_path()).find(' '));
  };
  std::string present = inode();
  int replacements = 0;
  for (int i = 0; i < 400; ++i) {
    OwnedLease lease = full_v4();
    lease.address = ip("10.1." + std::to_string(i / 200) + '.' + std::to_string(i % 200));
    lease.hostname = "host-" + std::to_string(i);
    REQUIRE(store.put(lease.lease()));
    // A file may get the number of the last but one.
    const std::string previous = std::exchange(present, inode());
    if (present != previous) ++replacements;
  }
  CHECK(replacements > 2);
  CHECK(store.leases_of("br0") == parse_status(fixture.status("br0"), "br0", {}).leases);
  CHECK(store.leases_of("br0").size() == 400);
  CHECK(leases_of(store.view(), "host-399").size() == 1);
}

TEST_CASE("nothing is lost when many processes write at once") {
  constexpr int kProcesses = 8;
  constexpr int kPuts = 100;
  const std::vector<std::string> networks{"br0", "lab", "virbr0"};
  const StoreFixture fixture;
  const auto lease_of = [&](int process, int number) {
    OwnedLease lease = full_v4();
    lease.network = networks[static_cast<std::size_t>(number) % networks.size()];
    lease.address = ip("10." + std::to_string(process) + ".0." + std::to_string(number));
    lease.hostname = "host-" + std::to_string(process) + '-' + std::to_string(number);
    return lease;
  };

  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        for (int number = 0; number < kPuts; ++number) {
          StoreTransaction store(fixture.settings());
          const OwnedLease lease = lease_of(process, number);
          if (!store.is_current(lease.network) || !store.put(lease.lease())) ::_exit(1);
        }
      } catch (...) {
        ::_exit(2);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }

  const StoreTransaction store(fixture.settings());
  CHECK(store.is_current());
  std::set<std::uint64_t> changes;
  std::size_t total = 0;
  for (const std::string& network : networks) {
    const ParsedFile parsed = parse_status(fixture.status(network), network, {});
    CHECK(parsed.damage.empty());
    CHECK(parsed.problems.empty());
    CHECK(parsed.leases == store.leases_of(network));
    total += parsed.leases.size();
    for (const Lease& lease : parsed.leases) changes.insert(lease.changed.nanoseconds);
  }
  CHECK(total == std::size_t{kProcesses} * kPuts);
  CHECK(changes.size() == total);
  for (int process = 0; process < kProcesses; ++process) {
    for (int number = 0; number < kPuts; ++number) {
      const OwnedLease lease = lease_of(process, number);
      CHECK(leases_of(store.view(), lease.hostname).size() == 1);
    }
  }
}

TEST_SUITE_END();

}  // namespace leases::test
