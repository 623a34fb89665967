#include "util/escaped_text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace leases::test {

TEST_SUITE_BEGIN("escaped_text");

TEST_CASE("names as they are to be are not touched") {
  CHECK(escaped("").empty());
  CHECK(escaped("ci-runner_0042.lab") == "ci-runner_0042.lab");
}

TEST_CASE("what moves a cursor, ends a line or makes a column is written as a number") {
  CHECK(escaped("\033[2J") == "\\x1b[2J");
  CHECK(escaped("a b\n\tc\r") == "a\\x20b\\x0a\\x09c\\x0d");
  CHECK(escaped(std::string(1, '\0')) == "\\x00");
  CHECK(escaped("\x7f\x9b\xff") == "\\x7f\\x9b\\xff");
}

TEST_CASE("in a line, spaces stay") {
  CHECK(printable("a b\n\tc\r") == "a b\\x0a\\x09c\\x0d");
  CHECK(printable("~\x7f\x1f !") == "~\\x7f\\x1f !");
}

TEST_CASE("what is escaped already stays as it is in a line") {
  CHECK(one_line("it's \\x1b, \033[31m\nand \xc2\x9b") == "it's \\x1b, \\x1b[31m\\x0aand \\xc2\\x9b");
}

TEST_CASE("two texts never look the same") {
  CHECK(escaped("\\x1b") == "\\x5cx1b");
  CHECK(printable("\\x1b") == "\\x5cx1b");
}

TEST_CASE("any byte becomes visible ASCII") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const std::string word = escaped(std::string(1, static_cast<char>(byte)));
    CHECK(std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < '\x7f'; }));
    CHECK(printable(std::string(1, static_cast<char>(byte))) == (byte == ' ' ? " " : word));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
