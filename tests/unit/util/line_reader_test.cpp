#include "util/line_reader.h"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

namespace leases::test {

namespace {

/// A descriptor that has this text to read.
class Text {
 public:
  explicit Text(std::string_view text) : number_(::memfd_create("text", MFD_CLOEXEC)) {
    REQUIRE(::write(number_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::lseek(number_, 0, SEEK_SET);
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { ::close(number_); }
  [[nodiscard]] std::vector<std::string> lines() const {
    LineReader reader(number_, "text");
    std::vector<std::string> lines;
    while (const auto line = reader.next()) lines.emplace_back(*line);
    return lines;
  }

 private:
  int number_;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("line_reader");

TEST_CASE("lines are read without their ends, the last one also if it has none") {
  CHECK(Text("one\n\ntwo").lines() == Lines{"one", "", "two"});
  CHECK(Text("one\n").lines() == Lines{"one"});
  CHECK(Text("").lines().empty());
}

TEST_CASE("many lines are read in pieces, and none is lost at their borders") {
  std::string text;
  Lines expected;
  for (int i = 0; i < 30'000; ++i) text += expected.emplace_back("line " + std::to_string(i)) + '\n';
  CHECK(Text(text).lines() == expected);
}

TEST_CASE("a line that is longer than the buffer comes in parts") {
  const Lines lines = Text(std::string(0x18000, 'x') + "\nend").lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].size() == 0x10000);
  CHECK(lines[1].size() == 0x8000);
  CHECK(lines[2] == "end");
}

TEST_SUITE_END();

}  // namespace leases::test
