#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("hosts");

TEST_CASE("each address has a line with all names of its host and its guest") {
  const Exported hosts = exported(hosts_format, two_hosts(), {"hosts"});
  CHECK(hosts.code == kFound);
  CHECK(hosts.text ==
        "fd00::6\tsix-1 six-1.br0\n"
        "10.0.0.1\tweb web.lab.example web.lab web.corp\n"
        "fd00::1\tweb web.lab.example web.lab web.corp\n"
        "10.0.0.1\tvm1 vm1.lab.example vm1.lab vm1.corp\n"
        "fd00::1\tvm1 vm1.lab.example vm1.lab vm1.corp\n");
}

TEST_CASE("a host that no lookup finds has no line") {
  Inventory inventory = two_hosts();
  inventory.hosts[0].alone = false;
  inventory.hosts[0].network = "br@0";
  inventory.hosts.pop_back();
  inventory.guests.clear();
  CHECK(exported(hosts_format, inventory, {"hosts"}).text.empty());
}

TEST_CASE("no hosts are no lines") {
  const Exported hosts = exported(hosts_format, {}, {"hosts"});
  CHECK(hosts.code == kFound);
  CHECK(hosts.text.empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
