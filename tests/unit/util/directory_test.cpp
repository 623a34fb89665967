#include "util/directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "util/error.h"
#include "util/new_file.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("directory");

TEST_CASE("a FIFO is not waited for") {
  const TemporaryDirectory place;
  const Directory directory = Directory::open_or_create(place.path());
  REQUIRE(::mkfifo(place.path_of("pipe").c_str(), 0600) == 0);
  CHECK(directory.open("pipe", O_RDONLY).number() >= 0);
  CHECK(directory.open("pipe", O_WRONLY).number() < 0);
}

TEST_CASE("a directory is made if it is not there, and anything else in its place is an error") {
  const TemporaryDirectory place;
  const Directory made = Directory::open_or_create(place.path_of("state"));
  CHECK(S_ISDIR(made.status().st_mode));
  CHECK((made.status().st_mode & 0022) == 0);
  CHECK(Directory::open_existing(place.path_of("state")));
  CHECK_FALSE(Directory::open_existing(place.path_of("none")));
  CHECK_THROWS_AS(Directory::open_or_create(place.path_of("a/b/c")), Error);
  write_file(place.path_of("file"), "");
  CHECK_THROWS_AS(Directory::open_or_create(place.path_of("file")), Error);
  CHECK_THROWS_AS(Directory::open_existing(place.path_of("file")), Error);
}

TEST_CASE("a directory lists its names in order, links and hidden files too") {
  const TemporaryDirectory place;
  const Directory directory = Directory::open_or_create(place.path());
  for (const char* name : {"b", "a", ".c"}) write_file(place.path_of(name), "");
  fs::create_symlink("nowhere", place.path_of("d"));
  CHECK(directory.names() == Names{".c", "a", "b", "d"});
  CHECK(directory.names() == Names{".c", "a", "b", "d"});
  CHECK_FALSE(directory.status_of("none"));
}

TEST_CASE("a directory that was renamed is still the one that is written to") {
  const TemporaryDirectory place;
  const Directory directory = Directory::open_or_create(place.path_of("state"));
  fs::rename(place.path_of("state"), place.path_of("moved"));
  NewFile file(directory, "a.status");
  file.put_in_place();
  CHECK(fs::exists(place.path_of("moved/a.status")));
}

TEST_SUITE_END();

}  // namespace leases::test
