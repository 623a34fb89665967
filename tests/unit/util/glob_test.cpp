#include "util/glob.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace leases::test {

namespace {

using Paths = std::vector<std::string>;

Paths found(const std::string& pattern) {
  Paths paths = matching_paths(pattern, [](const std::string&, int) { FAIL("a directory is not listed"); });
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

TEST_SUITE_BEGIN("glob");

TEST_CASE("a pattern stands for names, for hidden ones only if it says so") {
  CHECK(matches_name("*.status", "lan.status"));
  CHECK_FALSE(matches_name("*.status", ".lan.status"));
  CHECK(matches_name(".*", ".lan.status"));
  CHECK(is_pattern("a?"));
  CHECK_FALSE(is_pattern("a b"));
}

TEST_CASE("in a text, dots and slashes are like other characters") {
  CHECK(matches_text("*", ".a/b"));
  CHECK(matches_text("vm-?", "vm-1"));
  CHECK_FALSE(matches_text("vm-?", "VM-1"));
  CHECK_FALSE(matches_text("vm", "vm-1"));
  CHECK(matches_folded("vm-?", "VM-1"));
  CHECK(matches_folded("VM-[A-C]", "vm-b"));
  CHECK_FALSE(matches_folded("vm-?", "VM-10"));
}

TEST_CASE("one of several patterns is enough, and of none there is no such one") {
  const std::vector<std::string> patterns{"a*", "lab"};
  CHECK(matches_any(patterns, "lab"));
  CHECK(matches_any(patterns, "a"));
  CHECK_FALSE(matches_any(patterns, "Lab"));
  CHECK(matches_any_folded(patterns, "Lab"));
  CHECK_FALSE(matches_any_folded(patterns, "Lab-2"));
  CHECK_FALSE(matches_any({}, ""));
  CHECK_FALSE(matches_any_folded({}, "lab"));
}

TEST_CASE("a path becomes a pattern that stands for it alone") {
  const std::string name = "a*[b]?\\c";
  CHECK(matches_name(as_pattern(name), name));
  CHECK_FALSE(matches_name(as_pattern(name), "aX[b]Y\\c"));
}

TEST_CASE("a pattern in any component stands for the paths that are there") {
  const TemporaryDirectory place;
  for (const char* name : {"one", "two", "three"}) std::filesystem::create_directory(place.path_of(name));
  for (const char* name : {"one/a.leases", "two/a.leases", "two/b.leases", "file"})
    write_file(place.path_of(name), "");
  CHECK(found(place.path_of("*/a.leases")) ==
        Paths{place.path_of("one/a.leases"), place.path_of("two/a.leases")});
  CHECK(found(place.path_of("t*/*")) == Paths{place.path_of("two/a.leases"), place.path_of("two/b.leases")});
  CHECK(found(place.path_of("file")) == Paths{place.path_of("file")});
  CHECK(found(place.path_of("none")).empty());
  CHECK(found(place.path_of("none/*")).empty());
  CHECK(found(place.path_of("file/*")).empty());
}

TEST_CASE("a directory that cannot be listed is reported with the reason") {
  const TemporaryDirectory place;
  const std::string loop = place.path_of("loop");
  std::filesystem::create_symlink("loop", loop);
  std::string reported;
  int reason = 0;
  const Paths paths = matching_paths(loop + "/*", [&](const std::string& directory, int error) {
    reported = directory;
    reason = error;
  });
  CHECK(paths.empty());
  CHECK(reported == loop);
  CHECK(reason == ELOOP);
}

TEST_SUITE_END();

}  // namespace leases::test
