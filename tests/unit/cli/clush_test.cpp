#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("clush");

TEST_CASE("groups are lists of hosts with commas, below one source") {
  Inventory inventory = two_hosts();
  inventory.hosts[1].network = "br0";
  const Exported groups = exported(clush_format, inventory, {"clush", "--group", "w=w*"});
  CHECK(groups.code == kFound);
  CHECK(groups.text == R"({
  "leases": {
    "name_six": "six-1",
    "network_br0": "six-1,web",
    "w": "web"
  }
}
)");
}

TEST_CASE("no hosts are no groups") {
  CHECK(exported(clush_format, {}, {"clush"}).text == "{\n  \"leases\": {}\n}\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
