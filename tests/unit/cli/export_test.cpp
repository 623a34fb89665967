#include <sys/stat.h>

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

const std::string kHosts =
    "10.0.0.1\tweb web.lan.example web.br0\nfd00::1\tweb web.lan.example web.br0\n10.0.1.1\tvm1 vm1.lab\n";

}  // namespace

TEST_SUITE_BEGIN("export");

TEST_CASE("a format is written to standard output, of all networks or of those named") {
  const IndexFixture store(machines());
  const Called hosts = called(export_verb, store.settings(), {"export", "hosts"});
  CHECK(hosts.code == kFound);
  CHECK(hosts.output == kHosts);
  CHECK(called(export_verb, store.settings(), {"export", "hosts", "lab"}).output ==
        "10.0.1.1\tvm1 vm1.lab\n");
  CHECK(called(export_verb, store.settings(), {"export", "hosts", "dmz"}).code == kNotFound);
}

TEST_CASE("--output replaces a file, which gets the user's mode") {
  const IndexFixture store(machines());
  const std::string file = store.path_of("hosts");
  const Called hosts = called(export_verb, store.settings(), {"export", "hosts", "--output", file});
  CHECK(hosts.code == kFound);
  CHECK(hosts.output.empty());
  CHECK(read_file(file) == kHosts);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0644U);
}

TEST_CASE("a file is kept where there is nothing to write") {
  const IndexFixture store(machines());
  const std::string file = store.path_of("one.json");
  write_file(file, "before");
  CHECK(called(export_verb, store.settings(), {"export", "ansible", "--host", "nobody", "--output", file})
            .code == kNotFound);
  CHECK(read_file(file) == "before");
}

TEST_CASE("a format and the name of a file are needed") {
  const StoreFixture store;
  CHECK(called(export_verb, store.settings(), {"export"}).code == kUsage);
  CHECK(called(export_verb, store.settings(), {"export", "dhcp"}).code == kUsage);
  CHECK(called(export_verb, store.settings(), {"export", "hosts", "--output", ""}).code == kUsage);
}

TEST_CASE("every format has a command") {
  const StoreFixture store;
  for (const std::string format : {"hosts", "ansible", "prometheus", "metrics", "ssh-config", "clush"}) {
    CAPTURE(format);
    CHECK(called(export_verb, store.settings(), {"export", format}).code == kFound);
  }
  CHECK(called(export_verb, store.settings(), {"export", "zone", "--origin", "lab"}).code == kFound);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
