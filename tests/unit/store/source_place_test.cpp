#include "store/source_place.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

/// A user that is neither root nor this process's.
constexpr uid_t kSomebody = 12345;

/// Directories of ours, with a file in one of them.
class Places {
 public:
  Places() {
    for (const char* name : {"data", "lib", "lib/misc"}) fs::create_directories(path_of(name));
    write_file(path_of("data/x.leases"), "text");
  }

  [[nodiscard]] std::string path_of(const std::string& name) const { return place_.path_of(name); }
  void link(const std::string& target, const std::string& name) const {
    fs::create_symlink(target, path_of(name));
  }
  void give_away(const std::string& name) const {
    REQUIRE(::lchown(path_of(name).c_str(), kSomebody, kSomebody) == 0);
  }
  void set_mode(const std::string& name, mode_t mode) const {
    REQUIRE(::chmod(path_of(name).c_str(), mode) == 0);
  }
  /// Where a path leads: below this place; the link that is refused with a question mark; empty if to
  /// nothing.
  [[nodiscard]] std::string reached_by(const std::string& name) const {
    const SourcePlace place = place_of(path_of(name));
    if (!place.refused_link.empty()) return '?' + below(place.refused_link);
    return place.directory ? below(place.directory->path_of(place.name)) : "";
  }

 private:
  [[nodiscard]] std::string below(const std::string& path) const {
    return path.substr(place_.path().size() + 1);
  }

  TemporaryDirectory place_;
};

}  // namespace

TEST_SUITE_BEGIN("source_place");

TEST_CASE("a path without links leads to itself, be there a file or not") {
  const Places places;
  CHECK(places.reached_by("data/x.leases") == "data/x.leases");
  CHECK(places.reached_by("data/./y.leases") == "data/y.leases");
  CHECK(places.reached_by("nowhere/x.leases").empty());
  CHECK_THROWS_AS((void)places.reached_by("data/x.leases/y"), Error);
}

TEST_CASE("links of ours are followed: to a file, to a directory, to a link, upwards, from the root") {
  const Places places;
  places.link("../../data/x.leases", "lib/misc/file.leases");
  places.link(places.path_of("data"), "lib/directory");
  places.link("misc/file.leases", "lib/again");
  places.link("nothing", "lib/dead");
  CHECK(places.reached_by("lib/misc/file.leases") == "data/x.leases");
  CHECK(places.reached_by("lib/directory/x.leases") == "data/x.leases");
  CHECK(places.reached_by("lib/again") == "data/x.leases");
  CHECK(places.reached_by("lib/directory/../data/x.leases") == "data/x.leases");
  CHECK(places.reached_by("lib/dead") == "lib/nothing");
  CHECK(stamp_at(places.path_of("lib/again")) == stamp_at(places.path_of("data/x.leases")));
  CHECK_FALSE(stamp_at(places.path_of("lib/dead")));
}

TEST_CASE("a circle of links leads nowhere") {
  const Places places;
  places.link("b", "lib/a");
  places.link("a", "lib/b");
  CHECK_THROWS_WITH_AS((void)places.reached_by("lib/a/x"), doctest::Contains("Too many levels"), Error);
  CHECK(stamp_at(places.path_of("lib/a/x")) == layout::FileStamp{});
}

TEST_CASE("a link that somebody else can change is not followed") {
  const Places places;
  std::string link = "lib/misc/file.leases";
  std::string path = link;
  places.link("../../data/x.leases", link);
  SUBCASE("anybody can make links beside it") {
    places.set_mode("lib/misc", 0777);
  }
  SUBCASE("even where they cannot remove it") {
    places.set_mode("lib/misc", 01777);
  }
  SUBCASE("a group can") {
    places.set_mode("lib/misc", 0775);
  }
  SUBCASE("anybody can put another directory in place of its directory") {
    places.set_mode("lib", 0777);
  }
  SUBCASE("it is on the way to another link") {
    places.set_mode("lib/misc", 0777);
    places.link("lib", "good");
    path = "good/misc/file.leases";
  }
  if (::geteuid() == 0) {
    SUBCASE("it is somebody's") {
      places.give_away(link);
    }
    SUBCASE("its directory is somebody's") {
      places.give_away("lib/misc");
    }
    SUBCASE("a directory above is somebody's") {
      places.give_away("lib");
    }
  }
  CHECK(places.reached_by(path) == '?' + link);
  CHECK(stamp_at(places.path_of(path)) == layout::FileStamp{});
}

TEST_CASE("in a directory like /tmp, what is below a directory of ours is ours") {
  const Places places;
  places.set_mode("lib", 01777);
  places.link("../../data/x.leases", "lib/misc/file.leases");
  CHECK(places.reached_by("lib/misc/file.leases") == "data/x.leases");
}

TEST_SUITE_END();

}  // namespace leases::test
