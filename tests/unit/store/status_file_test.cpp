#include "store/status_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/files.h"

namespace leases::test {

TEST_SUITE_BEGIN("status_file");

TEST_CASE("what is not a file in a status file's place is there, and has no text") {
  const TemporaryDirectory temporary;
  const std::string path = temporary.path_of("br0.status");
  SUBCASE("a FIFO") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  }
  SUBCASE("a directory") {
    REQUIRE(std::filesystem::create_directory(path));
  }
  const auto directory = Directory::open_existing(temporary.path());
  const StatusFileText text = StatusFile(*directory, "br0").text();
  CHECK_FALSE(text.is_absent());
  CHECK(text.view().empty());
}

TEST_CASE("an empty file counts as none") {
  const TemporaryDirectory temporary;
  const auto directory = Directory::open_existing(temporary.path());
  const StatusFile file(*directory, "br0");
  CHECK(file.text().is_absent());
  write_file(file.path(), "");
  CHECK(file.text().is_absent());
  write_file(file.path(), "[]");
  CHECK(file.text().view() == "[]");
}

TEST_SUITE_END();

}  // namespace leases::test
