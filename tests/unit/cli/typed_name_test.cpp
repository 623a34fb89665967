#include "cli/names/typed_name.h"

#include <doctest/doctest.h>

#include "cli/names/libvirt_names.h"
#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// libvirt's directory with a network "default" on virbr0 and one "lab" on virbr1.
class LibvirtsDirectory {
 public:
  LibvirtsDirectory() {
    write_file(place_.path_of("default.conf"), "strict-order\ninterface=virbr0\ndhcp-no-override\n");
    write_file(place_.path_of("default.hostsfile"), "");
    write_file(place_.path_of("lab.conf"), "interface=virbr1\n");
  }
  [[nodiscard]] const std::string& path() const { return place_.path(); }

 private:
  TemporaryDirectory place_;
};

}  // namespace

TEST_SUITE_BEGIN("typed_name");

TEST_CASE("libvirt's names of networks lead to bridges") {
  const LibvirtsDirectory directory;
  LibvirtNames names(directory.path());
  CHECK(names.all() == std::vector<std::string>{"default", "lab"});
  CHECK(names.bridge_of("default") == "virbr0");
  CHECK(names.bridge_of("lab") == "virbr1");
  for (const std::string unknown : {"virbr0", "", "../default", "default.conf"})
    CHECK_FALSE(names.bridge_of(unknown));
  CHECK(LibvirtNames("").all().empty());
  CHECK_FALSE(LibvirtNames("/does/not/exist").bridge_of("default"));
}

TEST_CASE("a network's name of libvirt's after a name becomes the bridge's, unless leases have it") {
  const LibvirtsDirectory directory;
  OwnedLease web = lease_of("virbr1", "10.0.0.1", "web");
  web.domain = "lab";
  const IndexFixture store({web});
  Settings settings = store.settings();
  settings.libvirt_directory = directory.path();
  TypedNames names(settings);
  std::string problem;
  CHECK(names.name_of("vm.default", problem) == "vm.virbr0");
  CHECK(names.name_of("vm.default.", problem) == "vm.virbr0");
  CHECK(names.name_of("vm.lab", problem) == "vm.lab");
  CHECK(names.name_of("vm.virbr0", problem) == "vm.virbr0");
  CHECK(names.name_of("default", problem) == "default");
  CHECK(names.name_of("a b.default", problem) == "a b.default");
  CHECK(names.name_of("b\u00fccher.default", problem) == "xn--bcher-kva.virbr0");
  CHECK(problem.empty());
  CHECK_FALSE(names.name_of("\xff", problem));
  CHECK_FALSE(problem.empty());
}

TEST_CASE("a host that shares leases comes before libvirt's network of that name") {
  const LibvirtsDirectory directory;
  OwnedLease far = lease_of("lab:br0", "10.0.0.1", "far");
  far.host = "lab";
  const IndexFixture store({far});
  Settings settings = store.settings();
  settings.libvirt_directory = directory.path();
  std::string problem;
  CHECK(TypedNames(settings).name_of("far.lab", problem) == "far.lab");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
