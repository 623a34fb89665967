#include "store/index_watch.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "tests/support/files.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

/// A place in which one directory is watched.
class Place {
 public:
  explicit Place(std::string_view directory) : watch_(place_.path_of(directory)) {}

  [[nodiscard]] std::string path_of(std::string_view name) const { return place_.path_of(name); }
  void make(std::string_view name) const { fs::create_directories(path_of(name)); }
  void remove(std::string_view name) const { fs::remove_all(path_of(name)); }
  void link(std::string_view target, std::string_view name) const {
    fs::create_symlink(target, path_of(name));
  }
  /// Whether it is time to look at the index, as before each look.
  bool is_time() {
    pollfd file{watch_.descriptor(), POLLIN, 0};
    const bool ready = ::poll(&file, 1, 0) == 1;
    watch_.renew();
    return ready;
  }
  /// Others make files in the directories above, too.
  bool is_quiet() {
    for (int i = 0; i < 1000; ++i) {
      if (!is_time()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  TemporaryDirectory place_;
  IndexWatch watch_;
};

}  // namespace

TEST_SUITE_BEGIN("index_watch");

TEST_CASE("a directory may come with those above it, be written, go, and come again") {
  Place place("run/leases");
  CHECK(place.is_quiet());
  for (int i = 0; i < 2; ++i) {
    place.make("run");
    CHECK(place.is_time());
    place.make("run/leases");
    CHECK(place.is_time());
    CHECK(place.is_quiet());
    write_file(place.path_of("run/leases/hosts.idx"), "index");
    CHECK(place.is_time());
    place.remove("run");
    CHECK(place.is_time());
  }
}

TEST_CASE("a directory behind links may go and come again") {
  Place place("run/leases");
  std::string target = "disk/deep/leases";
  SUBCASE("it is a link") {
    place.make("run");
    place.link(place.path_of(target), "run/leases");
  }
  SUBCASE("it is below a link") {
    place.link("disk/deep", "run");
  }
  SUBCASE("it is a link to a link, of which one goes up") {
    place.make("run");
    place.make("other");
    place.link("../other/./link", "run/leases");
    place.link("../disk/deep/leases", "other/link");
  }
  CHECK(place.is_time());
  for (int i = 0; i < 2; ++i) {
    for (const std::string made : {"disk", "disk/deep", "disk/deep/leases", "disk/deep/leases/x"}) {
      CAPTURE(made);
      place.make(made);
      CHECK(place.is_time());
    }
    place.remove("disk");
    CHECK(place.is_time());
  }
}

TEST_CASE("links that change lead to another directory") {
  Place place("run/leases");
  place.make("run");
  place.make("a");
  place.make("b");
  place.link("../a", "run/leases");
  CHECK(place.is_time());
  place.remove("run/leases");
  place.link("../b", "run/leases");
  CHECK(place.is_time());
  place.make("a/x");
  CHECK(place.is_quiet());
  place.make("b/x");
  CHECK(place.is_time());
}

TEST_CASE("links in a circle lead nowhere, until they are fixed") {
  Place place("run");
  place.link("other", "run");
  place.link("run", "other");
  CHECK(place.is_time());
  CHECK(place.is_quiet());
  place.remove("other");
  place.make("other");
  CHECK(place.is_time());
  place.make("other/x");
  CHECK(place.is_time());
}

TEST_SUITE_END();

}  // namespace leases::test
