#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("ansible");

TEST_CASE("an inventory has the variables of each host, and the groups") {
  const Exported inventory = exported(ansible_format, two_hosts(), {"ansible", "--group", "w=w*"});
  CHECK(inventory.code == kFound);
  CHECK(inventory.text == R"({
  "_meta": {
    "hostvars": {
      "six-1": {
        "ansible_host": "fd00::6",
        "lease_network": "br0",
        "lease_addresses": [
          "fd00::6"
        ]
      },
      "web": {
        "ansible_host": "10.0.0.1",
        "lease_network": "lab",
        "lease_domain": "lab.example",
        "lease_addresses": [
          "10.0.0.1",
          "fd00::1"
        ],
        "lease_mac_address": "02:00:00:00:00:01"
      }
    }
  },
  "name_six": {
    "hosts": [
      "six-1"
    ]
  },
  "network_br0": {
    "hosts": [
      "six-1"
    ]
  },
  "network_lab": {
    "hosts": [
      "web"
    ]
  },
  "w": {
    "hosts": [
      "web"
    ]
  }
}
)");
  CHECK(exported(ansible_format, two_hosts(), {"ansible", "--list", "--group", "w=w*"}).text ==
        inventory.text);
}

TEST_CASE("--host gives the variables of one host") {
  const Exported six = exported(ansible_format, two_hosts(), {"ansible", "--host", "six-1"});
  CHECK(six.code == kFound);
  CHECK(six.text == R"({
  "ansible_host": "fd00::6",
  "lease_network": "br0",
  "lease_addresses": [
    "fd00::6"
  ]
}
)");
}

TEST_CASE("a host that does not exist has no variables, and that is said") {
  const Exported missing = exported(ansible_format, two_hosts(), {"ansible", "--host", "nobody"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.text == "{}\n");
  CHECK(missing.errors == "nss-leases: there is no host 'nobody' in the inventory\n");
}

TEST_CASE("--host and --list exclude each other") {
  CHECK(exported(ansible_format, two_hosts(), {"ansible", "--list", "--host", "web"}).code == kUsage);
}

TEST_CASE("a machine named as a group, or as Ansible's own words, gets its network's name as well") {
  for (const std::string name : {"all", "ungrouped", "localhost", "network_lab", "name_x", "w"}) {
    CAPTURE(name);
    Inventory inventory = two_hosts();
    inventory.hosts[1].name = name;
    const std::string key = name + ".lab";
    CHECK(exported(ansible_format, inventory, {"ansible", "--group", "w=x*", "--host", key}).code == kFound);
    CHECK(exported(ansible_format, inventory, {"ansible", "--group", "w=x*", "--host", name}).code ==
          kNotFound);
  }
}

TEST_CASE("a machine that even its network's name does not tell from a group is left out") {
  Inventory inventory = two_hosts();
  inventory.hosts[1].name = "all";
  inventory.hosts[1].network = "br@0";
  const Exported without = exported(ansible_format, inventory, {"ansible"});
  CHECK(without.text.find("all") == std::string::npos);
  CHECK(without.errors ==
        "nss-leases: the host 'all.br@0' has a name that means something else to Ansible, and the network's "
        "name "
        "cannot follow it; it is left out\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
