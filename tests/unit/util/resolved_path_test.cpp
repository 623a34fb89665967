#include "util/resolved_path.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

fs::path resolved(const fs::path& path) {
  return resolved_path(path, [](const fs::path&) {});
}

}  // namespace

TEST_SUITE_BEGIN("resolved_path");

TEST_CASE("links on the way and at the end are followed, also to nothing") {
  const TemporaryDirectory temporary;
  const fs::path place = fs::canonical(temporary.path());
  fs::create_directory(place / "real");
  fs::create_symlink("real", place / "way");
  fs::create_symlink("../none", place / "real" / "end");
  CHECK(resolved(place / "way" / "end") == place / "none");
  CHECK(resolved(place / "way" / "file") == place / "real" / "file");
  CHECK(resolved(place / "way" / ".." / "." / "x") == place / "x");
}

TEST_CASE("each path that may be a link is shown before it is looked at, from the root down") {
  const TemporaryDirectory temporary;
  const fs::path place = fs::canonical(temporary.path());
  fs::create_symlink("b", place / "a");
  std::vector<fs::path> shown;
  resolved_path(place / "a", [&](const fs::path& path) { shown.push_back(path); });
  REQUIRE(shown.size() >= 2);
  CHECK(shown[shown.size() - 2] == place / "a");
  CHECK(shown.back() == place / "b");
  CHECK(shown.front().parent_path() == "/");
}

TEST_CASE("a link that leads to itself ends") {
  const TemporaryDirectory temporary;
  const fs::path place = fs::canonical(temporary.path());
  fs::create_symlink("loop", place / "loop");
  CHECK(resolved(place / "loop") == place / "loop");
}

TEST_SUITE_END();

}  // namespace leases::test
