#include "store/policy_note.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <string>

#include "store/writable_index.h"
#include "tests/support/store_fixture.h"
#include "util/directory.h"

namespace leases::test {

TEST_SUITE_BEGIN("policy_note");

TEST_CASE("a note says one policy of one index, and nothing while it cannot be read") {
  const StoreFixture fixture;
  const auto directory = Directory::open_existing(fixture.settings().runtime_directory);
  std::string problem;
  const auto index = WritableIndex::open(*directory, problem);
  REQUIRE(index);
  const PolicyNote note(*directory);
  note.write(*index, 7);
  CHECK(note.says(*index, 7));
  CHECK_FALSE(note.says(*index, 8));

  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none{0, limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const bool says = note.says(*index, 7);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK_FALSE(says);

  note.remove();
  CHECK_FALSE(note.says(*index, 7));
}

TEST_SUITE_END();

}  // namespace leases::test
