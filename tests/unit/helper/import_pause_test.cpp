#include "helper/import_pause.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/files.h"

namespace leases::test {

TEST_SUITE_BEGIN("import_pause");

TEST_CASE("a pause lasts a minute, and no longer if the clock is set back") {
  const TemporaryDirectory place;
  CHECK_FALSE(is_import_paused(place.path(), {5000}));
  pause_imports(place.path(), {5000});
  CHECK(is_import_paused(place.path(), {5000}));
  CHECK(is_import_paused(place.path(), {5059}));
  CHECK_FALSE(is_import_paused(place.path(), {5060}));
  CHECK_FALSE(is_import_paused(place.path(), {4999}));
  pause_imports(place.path(), {9000});
  CHECK(is_import_paused(place.path(), {9001}));
}

TEST_CASE("what cannot be noted or read is no pause") {
  const TemporaryDirectory place;
  pause_imports(place.path_of("missing"), {5000});
  CHECK_FALSE(is_import_paused(place.path_of("missing"), {5000}));
  write_file(place.path_of(kImportPauseFile), "5000 or so");
  CHECK_FALSE(is_import_paused(place.path(), {5000}));
  std::filesystem::remove(place.path_of(kImportPauseFile));
  std::filesystem::create_directory(place.path_of(kImportPauseFile));
  pause_imports(place.path(), {5000});
  CHECK_FALSE(is_import_paused(place.path(), {5000}));
}

TEST_SUITE_END();

}  // namespace leases::test
