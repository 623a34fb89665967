#include "cli/follow/missing_names.h"

#include <doctest/doctest.h>

#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using Names = std::set<std::string>;
using Lines = std::vector<std::string>;

/// A state in which ci-1 and ci-2 have leases.
WaitState state_for(const WaitTarget& target) {
  const IndexFixture fixture({lease_of("br0", "10.0.0.1", "ci-1"), lease_of("br0", "10.0.0.2", "ci-2")});
  return {fixture.reader(), target, {1000}};
}

}  // namespace

TEST_SUITE_BEGIN("missing_names");

TEST_CASE("a target is reached when all its names are ready") {
  const WaitTarget target{{"ci-1", "ci-2"}, "", 0, {}};
  const WaitState state = state_for(target);
  CHECK(is_reached(target, state, {"ci-1", "ci-2"}));
  CHECK_FALSE(is_reached(target, state, {"ci-1"}));
  CHECK(missing_lines(target, state, {"ci-1", "ci-2"}, 0).empty());
}

TEST_CASE("only names that match and are ready count for a glob") {
  const WaitTarget target{{}, "ci-*", 2, {}};
  const WaitState state = state_for(target);
  CHECK(ready_matches(state, {"ci-1", "other"}) == 1);
  CHECK_FALSE(is_reached(target, state, {"ci-1", "other"}));
  CHECK(is_reached(target, state, {"ci-1", "ci-2"}));
  CHECK(missing_lines(target, state, {"ci-1"}, 0) == Lines{"1 of 2 machines that match ci-*"});
}

TEST_CASE("names are missing a lease, or a connection, as ranges") {
  const WaitTarget target{{"ci-1", "ci-2", "ci-3", "ci-4", "web"}, "", 0, {}};
  CHECK(missing_lines(target, state_for(target), {}, 22) ==
        Lines{"without a lease: ci-[3-4] web", "port 22 has not accepted a connection: ci-[1-2]"});
}

TEST_SUITE_END();

}  // namespace leases::cli::test
