#include "util/words.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace leases::test {

TEST_SUITE_BEGIN("words");

TEST_CASE("words are what space separates") {
  CHECK(words_of(" one\ttwo \n three") == std::vector<std::string_view>{"one", "two", "three"});
  CHECK(words_of("one") == std::vector<std::string_view>{"one"});
  CHECK(words_of(" \t").empty());
}

TEST_CASE("lines come without their ends, empty ones too") {
  CHECK(lines_of("one\n\ntwo") == std::vector<std::string_view>{"one", "", "two"});
  CHECK(lines_of("one\n") == std::vector<std::string_view>{"one"});
  CHECK(lines_of("").empty());
}

TEST_CASE("a text is trimmed on both sides only") {
  CHECK(trimmed(" \tone two\n") == "one two");
  CHECK(trimmed(" \n").empty());
}

TEST_CASE("a word for a shell is in quotes where it needs them") {
  CHECK(shell_word("/etc/a-b.c") == "/etc/a-b.c");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("a\nb") == "'a\\x0ab'");
}

TEST_SUITE_END();

}  // namespace leases::test
