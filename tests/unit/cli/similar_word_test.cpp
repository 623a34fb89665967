#include "cli/command_line/similar_word.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace leases::cli::test {

TEST_SUITE_BEGIN("similar_word");

TEST_CASE("a word with one mistake in three characters is recognised") {
  const std::vector<std::string> verbs{"list", "lookup", "resolve", "release", "known-hosts"};
  CHECK(similar_word("lst", verbs) == "list");
  CHECK(similar_word("lokup", verbs) == "lookup");
  CHECK(similar_word("lookupp", verbs) == "lookup");
  CHECK(similar_word("reslove", verbs) == "resolve");
  CHECK(similar_word("known_host", verbs) == "known-hosts");
}

TEST_CASE("of several near words the nearest is meant") {
  CHECK(similar_word("releese", {"relapse", "release"}) == "release");
}

TEST_CASE("a word that is far from all, or endless, is not recognised") {
  CHECK(similar_word("x", {"list", "y"}).empty());
  CHECK(similar_word("print", {"list", "lookup"}).empty());
  CHECK(similar_word("", {"a"}).empty());
  CHECK(similar_word(std::string(100'000, 'l'), {"list"}).empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
