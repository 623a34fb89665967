#include "dnsmasq/told_once.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"

namespace leases::test {

TEST_SUITE_BEGIN("told_once");

TEST_CASE("each process of a server is told once") {
  const TemporaryDirectory place;
  ProcessIdentity process{812, 48213, "boot"};
  CHECK(is_told_now(place.path(), process));
  CHECK_FALSE(is_told_now(place.path(), process));
  process.started = 4821;
  CHECK(is_told_now(place.path(), process));
  process.id = 12;
  process.started = 48213;
  CHECK(is_told_now(place.path(), process));
  CHECK_FALSE(is_told_now(place.path(), process));
}

TEST_CASE("what cannot be noted is told each time") {
  const TemporaryDirectory place;
  const ProcessIdentity process{812, 48213, "boot"};
  CHECK(is_told_now(place.path_of("missing"), process));
  std::filesystem::create_directory(place.path_of(kToldFile));
  CHECK(is_told_now(place.path(), process));
  CHECK(is_told_now(place.path(), process));
}

TEST_CASE("the note begins again when it is full") {
  const TemporaryDirectory place;
  write_file(place.path_of(kToldFile), std::string(9000, '\n'));
  const ProcessIdentity process{812, 48213, "boot"};
  CHECK(is_told_now(place.path(), process));
  CHECK_FALSE(is_told_now(place.path(), process));
}

TEST_SUITE_END();

}  // namespace leases::test
