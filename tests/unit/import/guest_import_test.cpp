#include <doctest/doctest.h>

#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

TEST_SUITE_BEGIN("guest_import");

TEST_CASE("a guest is found by the name that the map gives it") {
  const Sources lab;
  write_file(lab.virbr0(".macs"), mac_map("Builder", kMac));
  for (const std::string_view own : {"", "localhost", "ubuntu"}) {
    CAPTURE(own);
    write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, own)}));
    lab.import();
    CHECK(lab.addresses("builder") == Names{"192.168.122.5"});
    CHECK(lab.addresses("BUILDER.virbr0") == Names{"192.168.122.5"});
    CHECK(lab.addresses("builder.lan").empty());
    CHECK(lab.name_at("192.168.122.5") == (own == "ubuntu" ? "ubuntu" : "Builder"));
  }
  CHECK(lab.addresses("ubuntu") == Names{"192.168.122.5"});
  CHECK(lab.addresses("localhost").empty());
}

TEST_CASE("a lease's own name comes before a guest's, however old it is") {
  const Sources lab;
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  lab.import();
  write_file(lab.virbr0(".macs"), mac_map("web", kOtherMac));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web"),
                                                    libvirt_record("192.168.122.6", kOtherMac, "ubuntu")}));
  lab.import();
  CHECK(lab.addresses("web") == Names{"192.168.122.5", "192.168.122.6"});
}

TEST_CASE("a guest whose name has dots is a host with a domain") {
  const Sources lab;
  write_file(lab.virbr0(".macs"), mac_map("web.example.com", kMac));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  lab.import();
  CHECK(lab.addresses("web.example.com") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web.example.org").empty());
  CHECK(lab.addresses("web.example").empty());
}

TEST_CASE("of several guests with one address the one that started last counts") {
  const Sources lab;
  write_file(lab.virbr0(".macs"), R"([{"domain": "before", "macs": ["52:54:00:00:00:01"]},
                                      {"domain": "after", "macs": ["52:54:00:00:00:01"]}])");
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  lab.import();
  CHECK(lab.addresses("after") == Names{"192.168.122.5"});
  CHECK(lab.addresses("before").empty());
  // The same again from the index, after a change elsewhere.
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  lab.import();
  CHECK(lab.addresses("after") == Names{"192.168.122.5"});
}

TEST_CASE("a map can be for all networks, and one for the network comes first") {
  Sources lab;
  const std::string map = lab.path_of("guests.macs");
  lab.change_settings([&](Settings& settings) {
    settings.sources.push_back({SourceKind::mac_map, map, ""});
  });
  write_file(map, R"([{"domain": "everywhere", "macs": ["02:00:00:00:00:01", "52:54:00:00:00:01"]}])");
  write_file(lab.virbr0(".macs"), mac_map("here", kMac));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  write_file(lab.lease_file(), lease_line("10.0.0.7", "*"));
  lab.import();
  CHECK(lab.addresses("here") == Names{"192.168.122.5"});
  CHECK(lab.addresses("everywhere") == Names{"10.0.0.7"});
}

TEST_CASE("a map names the leases of the state directory, too, and so do later events") {
  Sources lab;
  const std::string map = lab.path_of("br0.macs");
  lab.change_settings([&](Settings& settings) { settings.sources = {{SourceKind::mac_map, map, "br0"}}; });
  OwnedLease lease = full_v4();
  StoreTransaction(lab.settings()).put(lease.lease());
  write_file(map, mac_map("box", "02:00:00:00:00:01"));
  lab.import();
  CHECK(lab.addresses("box") == Names{"10.77.1.196"});
  CHECK(lab.addresses("alpha") == Names{"10.77.1.196"});
  {
    // As the helper does it.
    StoreTransaction store(lab.settings());
    Lease renamed = lease.lease();
    renamed.hostname = "beta";
    renamed.guest_name = store.view().snapshot().guest_name(*renamed.hardware, "br0");
    store.put(renamed);
  }
  CHECK(lab.addresses("box") == Names{"10.77.1.196"});
  CHECK(lab.addresses("beta") == Names{"10.77.1.196"});
  CHECK(lab.addresses("alpha").empty());
  write_file(map, "[]");
  lab.import();
  CHECK(lab.addresses("box").empty());
}

TEST_CASE("a guest is found by IPv6, where its DUID or its IPv4 lease tells which machine it is") {
  Sources lab;
  const std::string map = lab.path_of("lan.macs");
  lab.change_settings([&](Settings& settings) {
    settings.sources.push_back({SourceKind::mac_map, map, "lan"});
  });
  write_file(map, R"([{"domain": "by-duid", "macs": ["52:54:00:00:00:07"]},
                      {"domain": "by-v4", "macs": ["52:54:00:00:00:08"]}])");
  const std::string far_future(kFarFuture);
  write_file(lab.lease_file(), far_future +
                                   " 52:54:00:00:00:08 10.0.0.8 * ff:00:00:00:02:00:02:00:00:ab:11:01:02\n" +
                                   "duid 00:01:00:01:2a:00:00:01:02:00:00:00:00:01\n" +  //
                                   far_future + " 1 fd00::7 * 00:03:00:01:52:54:00:00:00:07\n" + far_future +
                                   " 2 fd00::8 * 00:02:00:00:ab:11:01:02\n" + far_future +
                                   " 3 fd00::9 * 00:02:00:00:ab:11:01:03\n");
  CHECK(lab.import().empty());
  CHECK(lab.addresses("by-duid") == Names{"fd00::7"});
  CHECK(lab.addresses("by-v4") == Names{"fd00::8", "10.0.0.8"});
  CHECK(lab.name_at("fd00::9").empty());
}

TEST_CASE("the policy is for guests' names, too") {
  const Sources lab;
  write_file(lab.virbr0(".macs"), mac_map("wpad", kMac));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  const std::vector<std::string> warnings = lab.import();
  REQUIRE(warnings.size() == 1);
  CHECK_MESSAGE(warnings[0].find("'wpad'") != std::string::npos, warnings[0]);
  CHECK(lab.addresses("wpad").empty());
  CHECK(lab.name_at("192.168.122.5").empty());
}

TEST_CASE("a guest of a domain that is reserved is not found, however the index is changed") {
  const Sources lab;
  for (const std::string_view name : {"web.invalid", "db.arpa"}) {
    CAPTURE(name);
    const auto warnings_with = [&](std::string_view own, ImportScope scope) {
      write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, own)}));
      return lab.import(scope);
    };
    write_file(lab.virbr0(".macs"), mac_map(name, kMac));
    CHECK(warnings_with("one", ImportScope::everything).size() == 1);
    for (const std::string_view own : {"two", "three"}) {
      CHECK(warnings_with(own, ImportScope::changed).empty());
      CHECK(lab.addresses(name).empty());
      CHECK(lab.addresses(label_of(name)).empty());
      CHECK(lab.addresses(own) == Names{"192.168.122.5"});
    }
  }
}

TEST_CASE("a name that is refused hides the guest's others, for imports as for events") {
  Sources lab;
  const std::string map = lab.path_of("guests.macs");
  lab.change_settings([&](Settings& settings) {
    settings.sources.push_back({SourceKind::mac_map, map, ""});
  });
  write_file(map, mac_map("everywhere", kMac));
  write_file(lab.virbr0(".macs"), mac_map("wpad", kMac));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  lab.import();
  CHECK(lab.addresses("everywhere").empty());
}

TEST_CASE("a change of the policy is for guests of maps that did not change, too") {
  const Sources lab;
  write_file(lab.virbr0(".macs"), mac_map("builder", kMac));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  for (const bool denied : {false, true, false}) {
    lab.import(ImportScope::changed, denied ? NamePolicy({"build*"}, {}) : NamePolicy());
    CHECK(lab.addresses("builder").empty() == denied);
    CHECK(lab.name_at("192.168.122.5").empty() == denied);
  }
}

TEST_SUITE_END();

}  // namespace leases::test
