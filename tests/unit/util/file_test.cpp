
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "store/file_stamp.h"
#include "tests/support/unit_support.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/new_file.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

class Place {
 public:
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] std::string path(std::string_view name) const { return temporary_.path_of(name); }
  [[nodiscard]] std::vector<std::string> names() const { return directory_.names(); }

  layout::FileStamp write(const std::string& name, std::string_view text) const {
    NewFile file(directory_, name);
    file.write(std::array{text});
    file.sync();
    return stamp_of(file.put_in_place());
  }

 private:
  TemporaryDirectory temporary_;
  Directory directory_ = Directory::open_or_create(temporary_.path());
};

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("file");

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

TEST_CASE("a file that is not put in place leaves nothing behind") {
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

TEST_CASE("what a writer that was killed left behind is replaced") {
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

TEST_CASE("the stamp is that of the file in its place, and every new file has another") {
  const Place place;
  const layout::FileStamp first = place.write("a.status", "same");
  CHECK(stamp_of(*place.directory().status_of("a.status")) == first);
  CHECK_FALSE(first == layout::FileStamp{});
  const layout::FileStamp second = place.write("a.status", "same");
  CHECK(stamp_of(*place.directory().status_of("a.status")) == second);
  CHECK_FALSE(first == second);
}

TEST_CASE("the stamp tells every way in which a file can be another") {
  struct stat status {};
  status.st_dev = 1;
  status.st_ino = 2;
  status.st_size = 3;
  status.st_mtim = {4, 5};
  status.st_ctim = {6, 7};
  CHECK(stamp_of(status) == layout::FileStamp{1, 2, 3, 4'000'000'005, 6'000'000'007});
}

TEST_CASE("room that is reserved is zeros behind what was written") {
  const Place place;
  NewFile file(place.directory(), "hosts.idx");
  file.write(std::array<std::string_view, 1>{"head"});
  file.reserve(1000);
  file.put_in_place();
  CHECK(read_file(place.path("hosts.idx")) == "head" + std::string(1000, '\0'));
}

TEST_CASE("a FIFO is not waited for") {
  const Place place;
  REQUIRE(::mkfifo(place.path("pipe").c_str(), 0600) == 0);
  CHECK(place.directory().open("pipe", O_RDONLY).number() >= 0);
  CHECK(place.directory().open("pipe", O_WRONLY).number() < 0);
}

TEST_CASE("a directory is made if it is not there, and what is none is an error") {
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
  const Place place;
  for (const char* name : {"b", "a", ".c"}) write_file(place.path(name), "");
  fs::create_symlink("nowhere", place.path("d"));
  CHECK(place.names() == Names{".c", "a", "b", "d"});
  CHECK(place.names() == Names{".c", "a", "b", "d"});
  CHECK_FALSE(place.directory().status_of("none"));
}

TEST_CASE("a directory that was renamed is still the one that is written to") {
  const TemporaryDirectory place;
  const Directory directory = Directory::open_or_create(place.path_of("state"));
  fs::rename(place.path_of("state"), place.path_of("moved"));
  NewFile file(directory, "a.status");
  file.put_in_place();
  CHECK(fs::exists(place.path_of("moved/a.status")));
}

TEST_CASE("a stamp bears any time that a file can be given") {
  struct stat status {};
  status.st_mtim.tv_sec = std::numeric_limits<std::time_t>::max();
  status.st_ctim.tv_sec = std::numeric_limits<std::time_t>::min();
  const layout::FileStamp stamp = stamp_of(status);
  CHECK(stamp.modified_ns - stamp.changed_ns > 0);
}

TEST_CASE("an error of the system is one line with the file, the reason and what to do") {
  for (const int error : {ENOSPC, EROFS, EACCES, ENOENT, ENOTDIR, EIO}) {
    const std::string line = errno_error("/srv/a.status", "cannot be written", error).what();
    CHECK(line.starts_with("/srv/a.status: cannot be written: "));
    CHECK(line.find("; ") != std::string::npos);
    CHECK(line.find('\n') == std::string::npos);
  }
}

TEST_SUITE_END();

}  // namespace leases::test
