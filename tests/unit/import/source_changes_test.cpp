#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "store/table_builder.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

/// Sources that the index knows, all of them in its snapshot.
class IndexedSources : public Sources {
 public:
  IndexedSources() {
    write_file(virbr0(".macs"), R"([{"domain": "builder", "macs": ["52:54:00:00:00:01"]},
                                    {"domain": "tester", "macs": ["52:54:00:00:00:02"]}])");
    write_file(virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
    write_file(lease_file(), lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", "scanner"));
    import(ImportScope::everything);
    REQUIRE_FALSE(has_overlay());
  }

  [[nodiscard]] bool has_overlay() const { return StoreTransaction(settings()).view().overlay().size() > 0; }
  [[nodiscard]] std::string note() const { return settings().runtime_directory + "/hosts.policy"; }

  /// Whether the last import changed the index as if it had made it anew.
  void check_against_rebuild(const NamePolicy& policy = {}) const {
    const auto all = [&] {
      const StoreTransaction store(settings());
      return build_table(current_snapshot(store.view()));
    };
    const std::string changed = all();
    import(ImportScope::everything, policy);
    CHECK_FALSE(has_overlay());
    CHECK(all() == changed);
  }
};

}  // namespace

TEST_SUITE_BEGIN("source_changes");

TEST_CASE("a lease that changed in a file, is new or is gone is changed in an overlay") {
  const IndexedSources lab;
  const std::string seven = lease_line("10.0.0.7", "printer");
  const std::string eight = lease_line("10.0.0.8", "scanner");
  std::string text;
  std::string name;
  Names expected{"10.0.0.8"};
  SUBCASE("renamed") {
    text = seven + lease_line("10.0.0.8", "copier");
    name = "copier";
  }
  SUBCASE("another takes the name") {
    text = lease_line("10.0.0.7", "scanner");
    name = "scanner";
    expected = {"10.0.0.7"};
  }
  SUBCASE("new") {
    text = seven + eight + lease_line("10.0.0.9", "copier");
    name = "copier";
    expected = {"10.0.0.9"};
  }
  SUBCASE("the address of another network") {
    text = seven + eight + lease_line("192.168.122.5", "web");
    name = "web.lan";
    expected = {"192.168.122.5"};
  }
  SUBCASE("gone") {
    text = eight;
    name = "printer";
    expected = {};
  }
  SUBCASE("all gone") {
    name = "scanner";
    expected = {};
  }
  write_file(lab.lease_file(), text);
  lab.import();
  CHECK(lab.has_overlay());
  CHECK(lab.addresses(name) == expected);
  CHECK(lab.addresses("web.virbr0") == Names{"192.168.122.5"});
  lab.check_against_rebuild();
}

TEST_CASE("a new file is in the overlay, with the names of its guests") {
  Sources lab;
  const std::string map = lab.path_of("guests.macs");
  const std::string other = lab.path_of("other.leases");
  lab.change_settings([&](Settings& settings) {
    settings.sources.push_back({SourceKind::mac_map, map, ""});
    settings.sources.push_back({SourceKind::dnsmasq_leases, other, "lab"});
  });
  write_file(map, mac_map("box", "02:00:00:00:00:01"));
  lab.import(ImportScope::everything);
  write_file(other, lease_line("10.1.0.7", "*"));
  lab.import();
  CHECK(StoreTransaction(lab.settings()).view().overlay().lease_count() == 1);
  CHECK(lab.addresses("box.lab") == Names{"10.1.0.7"});
  CHECK(known_source(StoreTransaction(lab.settings()).view(), "lab", other));
}

TEST_CASE("a file that is gone is no source of the index any more") {
  const IndexedSources lab;
  fs::remove(lab.lease_file());
  lab.import();
  CHECK_FALSE(lab.has_overlay());
  CHECK(lab.addresses("printer").empty());
  CHECK_FALSE(known_source(StoreTransaction(lab.settings()).view(), "lan", lab.lease_file()));
  lab.check_against_rebuild();
}

TEST_CASE("a guest that was renamed is found by its new name") {
  const IndexedSources lab;
  write_file(lab.virbr0(".macs"), mac_map("deployer", kMac));
  lab.import();
  CHECK(lab.addresses("builder").empty());
  CHECK(lab.addresses("deployer") == Names{"192.168.122.5"});
  lab.check_against_rebuild();
}

TEST_CASE("a change of one lease can tell the machine of another") {
  Sources lab;
  const std::string map = lab.path_of("lan.macs");
  lab.change_settings([&](Settings& settings) {
    settings.sources.push_back({SourceKind::mac_map, map, "lan"});
  });
  write_file(map, mac_map("box", "52:54:00:00:00:08"));
  const std::string far_future(kFarFuture);
  const std::string six = "duid 00:01:00:01:2a:00:00:01:02:00:00:00:00:01\n" + far_future +
                          " 2 fd00::8 * 00:02:00:00:ab:11:01:02\n";
  write_file(lab.lease_file(), six);
  lab.import(ImportScope::everything);
  CHECK(lab.addresses("box").empty());
  const std::string four =
      far_future + " 52:54:00:00:00:08 10.0.0.8 * ff:00:00:00:02:00:02:00:00:ab:11:01:02\n";
  for (const bool has_four : {true, false}) {
    write_file(lab.lease_file(), (has_four ? four : std::string()) + six);
    lab.import();
    CHECK(StoreTransaction(lab.settings()).view().overlay().lease_count() > 0);
    CHECK(lab.addresses("box") == (has_four ? Names{"10.0.0.8", "fd00::8"} : Names{}));
  }
}

TEST_CASE("imports and events go on from what an overlay has") {
  const IndexedSources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "copier") + lease_line("10.0.0.8", "scanner"));
  lab.import();
  OwnedLease own = full_v4();
  own.hostname = "copier";
  {
    StoreTransaction store(lab.settings());
    store.put(own.lease());
    CHECK(store.view().overlay().lease_count() >= 2);
  }
  CHECK(lab.addresses("copier").size() == 2);
  SUBCASE("the file changes once more") {
    write_file(lab.lease_file(), lease_line("10.0.0.7", "plotter") + lease_line("10.0.0.8", "scanner"));
    lab.import();
    CHECK(lab.addresses("plotter") == Names{"10.0.0.7"});
    CHECK(lab.addresses("copier") == Names{"10.77.1.196"});
  }
  SUBCASE("another file changes") {
    write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.6", kOtherMac, "")}));
    lab.import();
    CHECK(lab.addresses("tester") == Names{"192.168.122.6"});
    CHECK(lab.addresses("copier").size() == 2);
  }
  SUBCASE("the lease ends, and nothing else changes") {
    StoreTransaction(lab.settings()).remove("br0", own.address);
    lab.import();
    CHECK(lab.addresses("copier") == Names{"10.0.0.7"});
  }
  CHECK(lab.has_overlay());
  lab.check_against_rebuild();
}

TEST_CASE("another policy is for all leases") {
  const IndexedSources lab;
  const NamePolicy policy({"print*"}, {});
  lab.import(ImportScope::changed, policy);
  CHECK(lab.addresses("printer").empty());
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", "copier"));
  lab.import(ImportScope::changed, policy);
  CHECK(lab.has_overlay());
  CHECK(lab.addresses("printer").empty());
  lab.check_against_rebuild(policy);
  lab.import(ImportScope::changed);
  CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
}

TEST_CASE("a policy is also what is in the hosts files, whatever their times say") {
  IndexedSources lab;
  const std::string hosts = lab.path_of("hosts");
  lab.change_settings([&](Settings& settings) { settings.hosts_files = {hosts}; });
  write_file(hosts, "10.9.9.9 scanner\n");
  lab.import();
  CHECK(lab.addresses("scanner").empty());
  const auto time = fs::last_write_time(hosts);
  write_file(hosts, "10.9.9.9 printer\n");
  fs::last_write_time(hosts, time);
  lab.import();
  CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
  CHECK(lab.addresses("printer").empty());
  fs::remove(hosts);
  lab.import();
  CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
}

TEST_CASE("what an event judged by another policy is judged again") {
  const IndexedSources lab;
  const OwnedLease own = full_v4();
  Lease lease = own.lease();
  lease.name_refused = true;
  StoreTransaction(lab.settings()).put(lease);
  CHECK(lab.addresses("alpha").empty());
  lab.import();
  CHECK(lab.addresses("alpha") == Names{"10.77.1.196"});
  CHECK(lab.status("br0").find("refused") == std::string::npos);
}

TEST_CASE("an index of which no note says by which policy it is gets all leases judged") {
  const IndexedSources lab;
  const std::string note = read_file(lab.note());
  CHECK_FALSE(note.empty());
  {
    // The policy was another when this was written.
    StoreTransaction store(lab.settings());
    TableInput contents = current_snapshot(store.view());
    for (Lease& lease : contents.leases) lease.name_refused = true;
    store.replace_index(contents);
    CHECK_FALSE(fs::exists(lab.note()));
  }
  SUBCASE("as after a writer that was killed") {}
  SUBCASE("as after another version of the program, which leaves the note") {
    write_file(lab.note(), note);
  }
  SUBCASE("as from somebody else") {
    const std::string own = lab.path_of("own");
    write_file(own, note);
    fs::create_symlink(own, lab.note());
  }
  CHECK(lab.addresses("printer").empty());
  lab.import();
  CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
  CHECK(read_file(lab.note()) != note);
  CHECK(fs::is_regular_file(fs::symlink_status(lab.note())));
}

TEST_CASE("a large change makes the index anew") {
  const IndexedSources lab;
  std::string text;
  for (int i = 1; i < 100; ++i) text += lease_line("10.0.1." + std::to_string(i), "h" + std::to_string(i));
  write_file(lab.lease_file(), text);
  lab.import();
  CHECK_FALSE(lab.has_overlay());
  CHECK(lab.addresses("h99") == Names{"10.0.1.99"});
  lab.check_against_rebuild();
}

TEST_CASE("the result counts the leases in an overlay, and those that it hides") {
  const IndexedSources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.8", "copier") + lease_line("10.0.0.9", "plotter") +
                                   lease_line("192.168.122.5", "web"));
  lab.import();
  REQUIRE(lab.has_overlay());
  const ImportResult result = import_files(lab.settings(), ImportScope::changed, [](const std::string&) {});
  CHECK(result.networks == 2);
  CHECK(result.leases == 4);
}

TEST_SUITE_END();

}  // namespace leases::test
