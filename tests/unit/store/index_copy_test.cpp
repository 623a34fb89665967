#include "store/index_copy.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "common/index_layout.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

namespace {

/// A store with one lease, of which copies are made.
struct CopiedStore {
  CopiedStore() { fixture.put(full_v4()); }
  [[nodiscard]] std::optional<IndexCopy> copy() {
    return IndexCopy::of(Directory::open_or_create(fixture.settings().runtime_directory), problem);
  }

  StoreFixture fixture;
  std::string problem;
};

}  // namespace

TEST_SUITE_BEGIN("index_copy");

TEST_CASE(
    "a copy has the snapshot and the overlay, and keeps them when the file is changed, replaced or cut "
    "short") {
  CopiedStore store;
  store.fixture.import(ImportScope::everything);
  store.fixture.put(full_v6());
  const auto before = store.copy();
  REQUIRE(before);
  const auto is_whole = [&] {
    return leases_of(before->view(), "alpha").size() == 1 && leases_of(before->view(), "six").size() == 1;
  };
  CHECK(is_whole());
  OwnedLease renamed = full_v6();
  renamed.hostname = "seven";
  store.fixture.put(renamed);
  CHECK(is_whole());
  store.fixture.import(ImportScope::everything);
  CHECK(is_whole());
  const auto after = store.copy();
  REQUIRE(after);
  CHECK(leases_of(after->view(), "six").empty());
  CHECK(leases_of(after->view(), "seven").size() == 1);
  std::filesystem::resize_file(store.fixture.index_path(), 0);
  CHECK(is_whole());
}

TEST_CASE("what is no index is not copied, and the problem names the file") {
  CopiedStore store;
  const std::string path = store.fixture.index_path();
  const std::string sound = read_file(path);
  const auto problem_of = [&](const std::string& bytes) {
    write_file(path, bytes);
    CHECK_FALSE(store.copy());
    return store.problem;
  };
  std::string emptied = sound;
  emptied[offsetof(layout::FileHeader, superseded)] = layout::kEmptied;
  CHECK(problem_of(emptied) == path + " was replaced, and is a copy of what that left of it");
  CHECK(problem_of(sound.substr(0, sound.size() / 2)) == path + " is damaged");
  CHECK(problem_of(sound.substr(0, 10)) == path + " is shorter than an index's header");
  std::string overlay = sound;
  overlay[offsetof(layout::FileHeader, overlay_offset)] = 1;
  CHECK(problem_of(overlay) == path + " is damaged");
  std::filesystem::remove(path);
  CHECK_FALSE(store.copy());
  CHECK(store.problem == path + " does not exist");
}

TEST_SUITE_END();

}  // namespace leases::test
