#include "import/incus_domain.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/files.h"
#include "tests/support/no_descriptor_left.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

TEST_SUITE_BEGIN("incus_domain");

TEST_CASE("the option -s names the domain, however the list of arguments is written") {
  CHECK(domain_in_process_file(
            "name: dnsmasq\nargs: [--keep-in-foreground, --listen-address=10.0.0.1, -s, incus,\n"
            "  --interface-name, '_gateway.incus,incusbr0', -S, /incus/]\napparmor: x\npid: 5\n") == "incus");
  CHECK(domain_in_process_file("args:\n- -s\n- \"lab.example\"\nstdout: null\npid: 5\n") == "lab.example");
  CHECK(domain_in_process_file("args: [--conf-file=x]\npid: 5\n") == "");
  CHECK(domain_in_process_file("args: []\npid: 5\n") == "");
  CHECK(domain_in_process_file("args: [-s]\npid: 5\n") == "");
  CHECK(domain_in_process_file("args: [-s, a..b]\npid: 5\n") == "");
  CHECK(domain_in_process_file("args: [-s, localhost]\npid: 5\n") == "");
}

TEST_CASE("a text that is being written, or is something else, says nothing") {
  const std::string text = "name: dnsmasq\nargs: [-s, incus]\npid: 5\n";
  for (std::size_t size = 0; size < text.find("pid:") + 4; ++size)
    CHECK_FALSE(domain_in_process_file(text.substr(0, size)));
  CHECK_FALSE(domain_in_process_file("12345\n"));
  CHECK_FALSE(domain_in_process_file("pid: 5\nname: x\n"));
}

TEST_CASE("only the lease file of a network of Incus' or LXD's has such a file beside it") {
  const TemporaryDirectory directory;
  const std::string leases = directory.path_of("br/dnsmasq.leases");
  std::filesystem::create_directory(directory.path_of("br"));
  CHECK(incus_domain(leases) == "");
  CHECK(incus_domain(directory.path_of("br/other.leases")) == "");
  write_file(directory.path_of("br/dnsmasq.raw"), "");
  CHECK_FALSE(incus_domain(leases));
  write_file(directory.path_of("br/dnsmasq.pid"), "args: [-s, incus]\npid: 5\n");
  CHECK(incus_domain(leases) == "incus");
  CHECK(incus_process_file("/var/lib/incus/networks/*/dnsmasq.leases") ==
        "/var/lib/incus/networks/*/dnsmasq.pid");
  CHECK(incus_process_file("/var/lib/misc/lan.leases").empty());
}

TEST_CASE("what cannot be read does not say that there is no domain") {
  const TemporaryDirectory directory;
  const std::string leases = directory.path_of("br/dnsmasq.leases");
  std::filesystem::create_directory(directory.path_of("br"));
  SUBCASE("the process file") {
    std::filesystem::create_directory(directory.path_of("br/dnsmasq.pid"));
    CHECK_FALSE(incus_domain(leases));
  }
  SUBCASE("the file that both programs have") {
    std::filesystem::create_directory(directory.path_of("br/dnsmasq.raw"));
    CHECK_FALSE(incus_domain(leases));
  }
  SUBCASE("anything at all") {
    const NoDescriptorLeft limit;
    CHECK_FALSE(incus_domain(leases));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
