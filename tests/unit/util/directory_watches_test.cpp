#include "util/directory_watches.h"

#include <doctest/doctest.h>
#include <sys/inotify.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace leases::test {

namespace {

using Names = std::vector<std::string>;

Names reported(const DirectoryWatches& watches, int watch) {
  Names names;
  watches.read([&](const DirectoryWatches::Report& report) {
    if (report.watch == watch && (report.events & IN_IGNORED) == 0) names.emplace_back(report.name);
  });
  return names;
}

}  // namespace

TEST_SUITE_BEGIN("directory_watches");

TEST_CASE("a file that is made in a watched directory is reported by name") {
  const TemporaryDirectory place;
  DirectoryWatches watches;
  const int watch = watches.add(place.path(), IN_CREATE);
  watches.end();
  REQUIRE(watch >= 0);
  write_file(place.path_of("a"), "");
  CHECK(reported(watches, watch) == Names{"a"});
  CHECK(reported(watches, watch).empty());
}

TEST_CASE("a directory has one number whatever path leads to it, and only a directory has one") {
  const TemporaryDirectory place;
  std::filesystem::create_directory(place.path_of("real"));
  std::filesystem::create_symlink("real", place.path_of("link"));
  write_file(place.path_of("file"), "");
  DirectoryWatches watches;
  CHECK(watches.add(place.path_of("real"), IN_CREATE) == watches.add(place.path_of("link"), IN_CREATE));
  CHECK(watches.add(place.path_of("none"), IN_CREATE) == -1);
  CHECK(watches.add(place.path_of("file"), IN_CREATE) == -1);
  CHECK(watches.add_file(place.path_of("file"), IN_MODIFY) >= 0);
}

TEST_CASE("what is not added again is not watched any more, and the reports before are forgotten") {
  const TemporaryDirectory place;
  for (const char* name : {"kept", "left"}) std::filesystem::create_directory(place.path_of(name));
  DirectoryWatches watches;
  const int left = watches.add(place.path_of("left"), IN_CREATE);
  watches.add(place.path_of("kept"), IN_CREATE);
  watches.end();
  write_file(place.path_of("kept/before"), "");
  watches.begin();
  const int kept = watches.add(place.path_of("kept"), IN_CREATE);
  watches.end();
  write_file(place.path_of("left/a"), "");
  write_file(place.path_of("kept/b"), "");
  Names all;
  watches.read([&](const DirectoryWatches::Report& report) {
    CHECK((report.watch == kept || (report.watch == left && (report.events & IN_IGNORED) != 0)));
    if (!report.name.empty()) all.emplace_back(report.name);
  });
  CHECK(all == Names{"b"});
}

TEST_SUITE_END();

}  // namespace leases::test
