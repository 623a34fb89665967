#include "import/source_reader.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "tests/support/no_descriptor_left.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

using State = SourceReading::State;

SourceReading read_lease_file(const std::string& path) {
  const SourcesInIndex nothing{IndexView()};
  return SourceReader().read({SourceKind::dnsmasq_leases, "lan", path}, nothing);
}

}  // namespace

TEST_SUITE_BEGIN("source_reader");

TEST_CASE("a file that the system does not open has neither gone nor is it damaged") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("a.leases");
  write_file(path, lease_line("10.0.0.7", "printer"));
  {
    const NoDescriptorLeft limit;
    const SourceReading contents = read_lease_file(path);
    CHECK(contents.state == State::failed);
    CHECK_MESSAGE(contents.damage.find("Too many open files") != std::string::npos, contents.damage);
  }
  const SourceReading contents = read_lease_file(path);
  CHECK(contents.state == State::read);
  CHECK(contents.damage.empty());
  CHECK(contents.parsed.leases.size() == 1);
}

TEST_CASE("what is wrong with the file, or with the way to it, is no failure of the system") {
  const TemporaryDirectory directory;
  std::string path = directory.path_of("way/a.leases");
  fs::create_directory(directory.path_of("way"));
  SUBCASE("the file is a directory") {
    fs::create_directory(path);
  }
  SUBCASE("the file is a link in a circle") {
    fs::create_symlink("a.leases", path);
  }
  SUBCASE("the way is a file") {
    fs::remove(directory.path_of("way"));
    write_file(directory.path_of("way"), "text");
  }
  SUBCASE("the way is a link in a circle") {
    fs::remove(directory.path_of("way"));
    fs::create_symlink("way", directory.path_of("way"));
  }
  SUBCASE("the name is longer than a name can be") {
    path = directory.path_of("way/" + std::string(256, 'a'));
  }
  SUBCASE("the way is longer than a path can be") {
    path = directory.path_of(std::string(5000, 'a') + "/a.leases");
  }
  const SourceReading contents = read_lease_file(path);
  CHECK(contents.state == State::read);
  CHECK(contents.damage == "is not a file that can be read");
}

TEST_SUITE_END();

}  // namespace leases::test
