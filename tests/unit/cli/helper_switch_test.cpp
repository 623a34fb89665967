#include "cli/libvirt/helper_switch.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "util/error.h"
#include "util/file.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("helper_switch");

// Switching needs root and dpkg: integration.libvirt_switch.
TEST_CASE("what stands in the place is nothing, libvirt's, or a link to ours") {
  const TemporaryDirectory directory;
  const std::string place = directory.path_of("helper");
  const HelperSwitch helper(place, "/ours");
  CHECK(helper.place() == place);
  CHECK(helper.ours() == "/ours");
  CHECK(helper.aside() == place + ".distrib");
  CHECK(helper.in_place() == HelperInPlace::nothing);
  write_file(place, "#!/bin/sh\n");
  CHECK(helper.in_place() == HelperInPlace::libvirt);
  std::filesystem::remove(place);
  std::filesystem::create_symlink("/others", place);
  CHECK(helper.in_place() == HelperInPlace::libvirt);
  std::filesystem::remove(place);
  std::filesystem::create_symlink("/ours", place);
  CHECK(helper.in_place() == HelperInPlace::ours);
}

TEST_CASE("a place that cannot be looked at is an error") {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink(directory.path_of("loop"), directory.path_of("loop"));
  CHECK_THROWS_AS((void)HelperSwitch(directory.path_of("loop/helper"), "/ours").in_place(), Error);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
