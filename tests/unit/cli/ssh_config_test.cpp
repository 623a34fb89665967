#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("ssh_config");

TEST_CASE("a host has a block with all its names and its first address") {
  const Exported config = exported(ssh_config_format, two_hosts(), {"ssh-config"});
  CHECK(config.code == kFound);
  CHECK(config.text ==
        "Host six-1 six-1.br0\n"
        "    HostName fd00::6\n"
        "Host web web.lab.example web.lab web.corp\n"
        "    HostName 10.0.0.1\n"
        "Host vm1 vm1.lab.example vm1.lab vm1.corp\n"
        "    HostName 10.0.0.1\n");
}

TEST_CASE("a host that no lookup finds has no block") {
  Inventory inventory = two_hosts();
  inventory.hosts[0].alone = false;
  inventory.hosts[0].network = "br@0";
  inventory.hosts.pop_back();
  inventory.guests.clear();
  CHECK(exported(ssh_config_format, inventory, {"ssh-config"}).text.empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
