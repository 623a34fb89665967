#include "cli/names/network_choice.h"

#include <doctest/doctest.h>

#include "tests/support/captured_output.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("network_choice");

TEST_CASE("a command line that names no network chooses all") {
  const NetworkChoice all;
  CHECK(all.has("br0"));
  CHECK(all.is_among({}));
}

TEST_CASE("only the networks that are named are chosen, letter by letter") {
  const NetworkChoice choice{{"br0", "lab"}};
  CHECK(choice.has("lab"));
  CHECK_FALSE(choice.has("Lab"));
  CHECK_FALSE(choice.has("br"));
}

TEST_CASE("a network that does not exist is reported with those that do") {
  const NetworkChoice choice{{"br0", "lab"}};
  const leases::test::CapturedErrors errors;
  CHECK(choice.is_among({"br0", "dmz", "lab"}));
  CHECK(errors.text().empty());
  CHECK_FALSE(choice.is_among({"br0", "d\nz"}));
  CHECK(errors.text().ends_with("there is no network 'lab'; there are: br0 d\\x0az\n"));
}

TEST_CASE("where there is no network yet, that is said") {
  const leases::test::CapturedErrors errors;
  CHECK_FALSE(NetworkChoice{{"br0"}}.is_among({}));
  CHECK(errors.text().ends_with("there is no network 'br0'; there are none yet\n"));
}

TEST_CASE("a network that is named twice, or by libvirt's name as well, is chosen once") {
  const leases::test::TemporaryDirectory libvirt;
  leases::test::write_file(libvirt.path_of("default.conf"), "interface=virbr0\n");
  leases::test::write_file(libvirt.path_of("br0.conf"), "interface=virbr1\n");
  Settings settings;
  settings.libvirt_directory = libvirt.path();
  NetworkChoice choice{{"default", "br0", "virbr0", "br0", "dmz"}};
  choice.take_libvirts({"br0", "virbr0"}, settings);
  CHECK(choice.names == std::vector<std::string>{"virbr0", "br0", "dmz"});
}

TEST_SUITE_END();

}  // namespace leases::cli::test
