#include "util/regular_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

using State = RegularFile::State;

}  // namespace

TEST_SUITE_BEGIN("regular_file");

TEST_CASE("a file is read whole, with its status") {
  const TemporaryDirectory place;
  write_file(place.path_of("a"), std::string(100'000, 'x'));
  const RegularFile file = read_regular_file(place.path_of("a"));
  CHECK(file.read());
  CHECK(file.text == std::string(100'000, 'x'));
  CHECK(file.status.st_size == 100'000);
  write_file(place.path_of("empty"), "");
  CHECK(read_regular_file(place.path_of("empty")).read());
}

TEST_CASE("a file of /proc, which has no size, is read up to the limit") {
  CHECK(read_regular_file("/proc/self/stat").text.ends_with("\n"));
  CHECK(read_regular_file("/proc/self/stat", 10).text.size() == 10);
}

TEST_CASE("what is not a file that can be read says what it is, and is not waited for") {
  const TemporaryDirectory place;
  REQUIRE(::mkfifo(place.path_of("fifo").c_str(), 0600) == 0);
  write_file(place.path_of("large"), "0123456789");
  CHECK(read_regular_file(place.path_of("none")).state == State::absent);
  CHECK(read_regular_file(place.path_of("none")).problem() == "does not exist");
  CHECK(read_regular_file(place.path_of("fifo")).problem() == "is a FIFO, not a file");
  CHECK(read_regular_file(place.path()).problem() == "is a directory, not a file");
  CHECK(read_regular_file("/dev/null").problem() == "is a device, not a file");
  const RegularFile large = read_regular_file(place.path_of("large"), 9);
  CHECK(large.state == State::unusable);
  CHECK(large.text.empty());
  CHECK(large.problem() == "is too large (10 bytes)");
  CHECK(read_regular_file(place.path_of("large/below")).problem().starts_with("cannot be read: "));
}

TEST_CASE("what is not a file is not read in a directory either") {
  const TemporaryDirectory place;
  REQUIRE(::mkfifo(place.path_of("fifo").c_str(), 0600) == 0);
  fs::create_directory(place.path_of("inside"));
  const Directory directory = Directory::open_or_create(place.path());
  const RegularFile fifo = read_regular_file(directory, "fifo", 4);
  CHECK(fifo.state == State::unusable);
  CHECK(fifo.problem() == "is a FIFO, not a file");
  CHECK(read_regular_file(directory, "inside", 4).problem() == "is a directory, not a file");
}

TEST_CASE("a link is followed by path, and not in a directory") {
  const TemporaryDirectory place;
  write_file(place.path_of("a"), "text");
  fs::create_symlink("a", place.path_of("link"));
  CHECK(read_regular_file(place.path_of("link")).text == "text");
  const Directory directory = Directory::open_or_create(place.path());
  CHECK(read_regular_file(directory, "a", 4).text == "text");
  const RegularFile link = read_regular_file(directory, "link", 4);
  CHECK(link.state == State::unusable);
  CHECK(S_ISLNK(link.status.st_mode));
  CHECK(read_regular_file(directory, "a", 3).state == State::unusable);
  CHECK(read_regular_file(directory, "none", 4).state == State::absent);
}

TEST_SUITE_END();

}  // namespace leases::test
