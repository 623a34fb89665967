#include "import/log_addition.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "store/file_stamp.h"
#include "store/source_place.h"
#include "tests/support/files.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

namespace {

void append(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

/// A log, and what is known of it.
class Log {
 public:
  explicit Log(const std::string& text) : text_(text) {
    write_file(path(), text);
    struct stat status {};
    REQUIRE(::stat(path().c_str(), &status) == 0);
    stamp_ = stamp_of(status);
  }

  [[nodiscard]] std::string path() const { return directory_.path_of("log"); }
  [[nodiscard]] std::optional<LogAddition> addition() const {
    return addition_to_log(path(), stamp_, content_of_log(text_));
  }

 private:
  TemporaryDirectory directory_;
  std::string text_;
  layout::FileStamp stamp_;
};

std::string lines(int count) {
  std::string text = "names\n";
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + '\n';
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("log_addition");

TEST_CASE("what was appended comes after the first line, and what is known then is its end") {
  for (const int count : {0, 1, 10, 1000}) {
    CAPTURE(count);
    const std::string text = lines(count);
    const Log log(text);
    CHECK_FALSE(log.addition());
    append(log.path(), "new\nhalf");
    const auto addition = log.addition();
    REQUIRE(addition);
    CHECK(addition->text == "names\nnew\nhalf");
    CHECK(addition->skipped == text.size() - 6);
    CHECK(addition->stamp.size == text.size() + 8);
    CHECK(addition->content == content_of_log(text + "new\nhalf"));
    CHECK_FALSE(addition_to_log(log.path(), addition->stamp, addition->content));
    append(log.path(), " done\n");
    CHECK_FALSE(addition_to_log(log.path(), addition->stamp, addition->content));
  }
}

TEST_CASE("another file, or one that was written anew, is read whole") {
  const Log log(lines(1000));
  SUBCASE("another file") {
    std::filesystem::rename(log.path(), log.path() + ".1");
    write_file(log.path(), lines(1001));
    // A file system may give the inode again.
    std::filesystem::remove(log.path() + ".1");
  }
  SUBCASE("a shorter one") {
    std::filesystem::resize_file(log.path(), 100);
  }
  SUBCASE("a line that ends in another place") {
    std::ofstream(log.path()) << lines(999) + "another line, and more\n";
  }
  SUBCASE("another line that is as long") {
    std::ofstream(log.path()) << lines(999) + "LINE 999\nmore\n";
  }
  SUBCASE("one that is gone") {
    std::filesystem::remove(log.path());
  }
  CHECK_FALSE(log.addition());
}

TEST_CASE("a log that has become too large is not read, whatever was appended") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("log");
  write_file(path, "names\n");
  const std::uintmax_t size = (std::uintmax_t{1} << 28) - 2;
  std::filesystem::resize_file(path, size - 1);
  append(path, "\n");
  const auto stamp = stamp_at(path);
  REQUIRE(stamp);
  const std::uint64_t content = content_of_log(std::string(4095, '\0') + '\n');
  append(path, "a\n");
  CHECK(addition_to_log(path, *stamp, content));
  append(path, "b\n");
  CHECK_FALSE(addition_to_log(path, *stamp, content));
}

TEST_SUITE_END();

}  // namespace leases::test
