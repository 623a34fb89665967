#include "util/new_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

/// A directory for one test.
class Place {
 public:
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] std::string path(std::string_view name) const { return temporary_.path_of(name); }
  [[nodiscard]] std::vector<std::string> names() const { return directory_.names(); }

  void write(const std::string& name, std::string_view text) const {
    NewFile file(directory_, name);
    file.write(std::array{text});
    file.sync();
    file.put_in_place();
  }

 private:
  TemporaryDirectory temporary_;
  Directory directory_ = Directory::open_or_create(temporary_.path());
};

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("new_file");

TEST_CASE("a directory in the place of the temporary file, empty or not, stops nobody and stays") {
  const Place place;
  fs::create_directory(place.path(".a.status.new"));
  write_file(place.path(".a.status.new/somebody's"), "");
  place.write("a.status", "first");
  place.write("a.status", "second");
  CHECK(read_file(place.path("a.status")) == "second");
  CHECK(place.names() == Names{".a.status.new", "a.status"});
}

TEST_CASE("a new file takes its place whole and not before") {
  const Place place;
  write_file(place.path("a.status"), "old");
  {
    NewFile file(place.directory(), "a.status");
    file.write(std::array<std::string_view, 3>{"one ", "", "two"});
    CHECK(read_file(place.path("a.status")) == "old");
    file.sync();
    CHECK(read_file(place.path("a.status")) == "old");
    file.put_in_place();
    CHECK(read_file(place.path("a.status")) == "one two");
  }
  CHECK(place.names() == Names{"a.status"});
  CHECK(read_file(place.path("a.status")) == "one two");
}

TEST_CASE("a file that is not put in place leaves nothing") {
  const Place place;
  {
    NewFile file(place.directory(), "a.status");
    file.write(std::array<std::string_view, 1>{"half"});
    CHECK(place.names().size() == 1);
  }
  CHECK(place.names().empty());
}

TEST_CASE("while it is being written it has no name that is taken for a status file") {
  const Place place;
  const NewFile file(place.directory(), "a.status");
  REQUIRE(place.names().size() == 1);
  CHECK_FALSE(place.names()[0].ends_with(".status"));
}

TEST_CASE("what a writer that was killed left is replaced") {
  const Place place;
  std::string temporary;
  {
    const NewFile file(place.directory(), "a.status");
    temporary = place.names()[0];
  }
  write_file(place.path(temporary), "left behind, and longer than what comes now");
  const std::string left = identity_of(place.path(temporary));
  place.write("a.status", "new");
  CHECK(read_file(place.path("a.status")) == "new");
  CHECK(identity_of(place.path("a.status")) != left);
  CHECK(place.names() == Names{"a.status"});
}

TEST_CASE("several writers of one file have names of their own, which nobody else can open") {
  const Place place;
  {
    NewFile first(place.directory(), "a", NewFile::Writers::many);
    NewFile second(place.directory(), "a", NewFile::Writers::many);
    REQUIRE(place.names().size() == 2);
    for (const std::string& name : place.names()) {
      struct stat status {};
      REQUIRE(::stat(place.path(name).c_str(), &status) == 0);
      CHECK((status.st_mode & 07777U) == 0600U);
    }
    first.write(std::array<std::string_view, 1>{"first"});
    second.write(std::array<std::string_view, 1>{"second"});
    second.put_in_place();
    CHECK(read_file(place.path("a")) == "second");
    first.set_mode(0640);
    first.put_in_place();
  }
  CHECK(place.names() == Names{"a"});
  CHECK(read_file(place.path("a")) == "first");
}

TEST_CASE("a link planted at the temporary name is not followed") {
  const Place place;
  const TemporaryDirectory elsewhere;
  write_file(elsewhere.path_of("victim"), "untouched");
  std::string temporary;
  {
    const NewFile file(place.directory(), "a.status");
    temporary = place.names()[0];
  }
  for (const std::string& target : {elsewhere.path_of("victim"), elsewhere.path_of("not-there-yet")}) {
    fs::create_symlink(target, place.path(temporary));
    place.write("a.status", "new");
    CHECK(read_file(place.path("a.status")) == "new");
    CHECK_FALSE(fs::is_symlink(place.path("a.status")));
  }
  fs::create_hard_link(elsewhere.path_of("victim"), place.path(temporary));
  place.write("a.status", "new");
  CHECK(read_file(elsewhere.path_of("victim")) == "untouched");
  CHECK_FALSE(fs::exists(elsewhere.path_of("not-there-yet")));
}

TEST_CASE("a link planted at the final name is replaced, not followed") {
  const Place place;
  const TemporaryDirectory elsewhere;
  write_file(elsewhere.path_of("victim"), "untouched");
  fs::create_symlink(elsewhere.path_of("victim"), place.path("a.status"));
  CHECK(place.directory().open("a.status", O_RDONLY).number() < 0);
  CHECK(errno == ELOOP);
  CHECK(S_ISLNK(place.directory().status_of("a.status")->st_mode));

  place.write("a.status", "new");
  CHECK(read_file(elsewhere.path_of("victim")) == "untouched");
  CHECK_FALSE(fs::is_symlink(place.path("a.status")));
  CHECK(read_file(place.path("a.status")) == "new");
}

TEST_CASE("a directory in the way is an error that names it, and nothing is left behind") {
  const Place place;
  fs::create_directory(place.path("a.status"));
  try {
    place.write("a.status", "new");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).starts_with(place.path("a.status")));
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
  }
  CHECK(place.names() == Names{"a.status"});
}

TEST_CASE("everybody can read a new file and only its owner can write it") {
  const Place place;
  const mode_t before = ::umask(0);
  place.write("a.status", "new");
  ::umask(before);
  CHECK((place.directory().status_of("a.status")->st_mode & 07777) == 0644);
}

TEST_CASE("room that is reserved is zeros after what was written") {
  const Place place;
  NewFile file(place.directory(), "hosts.idx");
  file.write(std::array<std::string_view, 1>{"head"});
  file.reserve(1000);
  file.put_in_place();
  CHECK(read_file(place.path("hosts.idx")) == "head" + std::string(1000, '\0'));
}

TEST_SUITE_END();

}  // namespace leases::test
