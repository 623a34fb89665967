#include <filesystem>

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("dump");

TEST_CASE("the index is shown in lines of words") {
  const IndexFixture store({lease_of("br0", "10.0.0.1", "web")});
  const Called dump = called(dump_verb, store.settings(), {"dump"});
  CHECK(dump.code == kFound);
  CHECK(dump.output.starts_with("header "));
  CHECK(dump.output.find("\nsnapshot-lease 0 ") != std::string::npos);
  CHECK(dump.output.find(" hostname=web") != std::string::npos);
}

TEST_CASE("--json prints an object for each row, of any file") {
  const IndexFixture store({lease_of("br0", "10.0.0.1", "web")});
  Settings elsewhere = store.settings();
  elsewhere.runtime_directory = "/nowhere";
  const Called dump = called(dump_verb, elsewhere, {"dump", "--json", store.index_path()});
  CHECK(dump.code == kFound);
  CHECK(dump.output.starts_with("{\"section\":\"header\""));
}

TEST_CASE("what is not an index is an error") {
  const StoreFixture store;
  const std::string file = store.path_of("text");
  write_file(file, std::string(1000, 'x'));
  CHECK(error_of([&] { called(dump_verb, store.settings(), {"dump", file}); }).starts_with(file + ' '));
  CHECK(error_of([&] {
          called(dump_verb, store.settings(), {"dump", store.path_of("none")});
        }).starts_with(store.path_of("none") + ": does not exist"));
  CHECK(error_of([&] {
          called(dump_verb, store.settings(), {"dump", store.path_of("")});
        }).find("is a directory, not a file") != std::string::npos);
  std::filesystem::resize_file(file, std::uintmax_t{1} << 33);
  CHECK(error_of([&] {
          called(dump_verb, store.settings(), {"dump", file});
        }).find("is too large (8589934592 bytes)") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
