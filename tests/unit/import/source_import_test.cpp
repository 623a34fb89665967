#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "import/source_readings.h"
#include "store/file_stamp.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/no_descriptor_left.h"
#include "tests/support/owned_lease.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

std::string hex_of(std::size_t number) {
  std::string text(4, '0');
  for (std::size_t i = 4; i-- > 0; number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("source_import");

TEST_CASE("what others write resolves, and is not written") {
  const Sources lab;
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  CHECK(lab.import().empty());
  CHECK(lab.addresses("web") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web.virbr0") == Names{"192.168.122.5"});
  CHECK(lab.addresses("printer.lan") == Names{"10.0.0.7"});
  CHECK(lab.addresses("printer.virbr0").empty());
  for (const auto& entry : fs::directory_iterator(lab.settings().state_directory))
    CHECK(entry.path().filename() == "lock");
}

TEST_CASE("what is written right after it was read is read, too") {
  const Sources lab;
  for (int i = 0; i < 20; ++i) {
    write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
    lab.import();
    write_file(lab.lease_file(), lease_line("10.0.0.7", "scanner"));
    lab.import();
    CHECK(lab.addresses("printer").empty());
    CHECK(lab.addresses("scanner") == Names{"10.0.0.7"});
  }
}

TEST_CASE("while something is wrong with the configuration, what it does not name stays") {
  Sources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  lab.import();
  lab.change_settings([](Settings& settings) {
    settings.sources.pop_back();
    settings.problems = {"it is being edited"};
  });
  lab.import();
  CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
  lab.change_settings([](Settings& settings) { settings.problems.clear(); });
  lab.import();
  CHECK(lab.addresses("printer").empty());
}

TEST_CASE("what did not change is not read again") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  lab.import();
  const std::string index = lab.index();
  lab.import();
  CHECK(lab.index() == index);

  // The same bytes under another stamp: the stamp is what changes.
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  const auto changed_at = [&] {
    return StoreTransaction(lab.settings()).leases_of("lan", lab.lease_file()).at(0).changed;
  };
  const ChangeTime before = changed_at();
  lab.import();
  CHECK(changed_at() == before);
  const StoreTransaction store(lab.settings());
  struct stat status {};
  REQUIRE(::stat(lab.lease_file().c_str(), &status) == 0);
  CHECK(known_source(store.view(), "lan", lab.lease_file())->stamp == stamp_of(status));
}

TEST_CASE("a lease that is as it was keeps its time of change, and its place") {
  const Sources lab;
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  lab.import();
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web"),
                                                    libvirt_record("192.168.122.6", kOtherMac, "web")}));
  lab.import();
  CHECK(lab.addresses("web") == Names{"192.168.122.6", "192.168.122.5"});
  // Now the other way round in the file, and still the same leases.
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.6", kOtherMac, "web"),
                                                    libvirt_record("192.168.122.5", kMac, "web")}));
  lab.import();
  CHECK(lab.addresses("web") == Names{"192.168.122.6", "192.168.122.5"});
}

TEST_CASE("a file that is cut short takes nothing away, until it is whole again") {
  const Sources lab;
  const std::string whole = lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", "scanner");
  write_file(lab.lease_file(), whole);
  lab.import();
  for (const std::size_t length : {std::size_t{5}, whole.size() - 1}) {
    CAPTURE(length);
    write_file(lab.lease_file(), whole.substr(0, length));
    const std::vector<std::string> warnings = lab.import();
    REQUIRE(warnings.size() == 1);
    CHECK_MESSAGE(warnings[0].starts_with(lab.lease_file() + ' '), warnings[0]);
    CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
    CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
    const StoreTransaction store(lab.settings());
    CHECK(known_source(store.view(), "lan", lab.lease_file())->damaged);
  }
  CHECK_MESSAGE(lab.import().empty(), "it is said once, not at every import");
  write_file(lab.lease_file(), lease_line("10.0.0.8", "scanner"));
  CHECK(lab.import().empty());
  CHECK(lab.addresses("printer").empty());
  CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
}

TEST_CASE("a file with too many leases takes no room from others, and what was read from it before stays") {
  Sources lab;
  const std::string kea = lab.path_of("kea.csv");
  const std::string names = "address,valid_lifetime,expire,hostname\n";
  const auto row = [](std::size_t number) {
    return "2001:db8::" + hex_of(number >> 16) + ':' + hex_of(number & 0xffff) + ",3600," +
           std::string(kFarFuture) + ",host-" + std::to_string(number) + '\n';
  };
  lab.change_settings([&](Settings& settings) {
    settings.sources.push_back({SourceKind::kea_leases, kea, "wide"});
  });
  std::string text = names;
  for (std::size_t i = 0; i < kMostRecords; ++i) text += row(i);
  write_file(kea, text);
  CHECK(lab.import().empty());
  CHECK(lab.addresses("host-199999").size() == 1);

  // One more is appended, then the file written anew with it.
  for (const std::string& more : {row(kMostRecords), row(kMostRecords) + row(0)}) {
    write_file(kea, text + more);
    write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
    const std::vector<std::string> warnings = lab.import();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].starts_with(kea + " has more than 200000 leases or guests"));
    CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
    CHECK(lab.addresses("host-0").size() == 1);
    CHECK(lab.addresses("host-200000").empty());
  }
}

TEST_CASE("a file that is empty, and stays so, has no leases, and is no cause to worry") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "")}));
  write_file(lab.virbr0(".macs"), mac_map("builder", kMac));
  lab.import();
  REQUIRE(lab.addresses("printer") == Names{"10.0.0.7"});
  REQUIRE(lab.addresses("builder") == Names{"192.168.122.5"});
  for (const std::string& path : {lab.lease_file(), lab.virbr0(".macs"), lab.virbr0(".status")})
    write_file(path, "");
  CHECK(lab.import().empty());
  CHECK(lab.addresses("printer").empty());
  CHECK(lab.addresses("builder").empty());
  const StoreTransaction store(lab.settings());
  for (const IndexedSource& source : known_sources(store.view())) CHECK_FALSE(source.damaged);
}

TEST_CASE("what has not rested yet takes nothing away, is not told, and makes another import due") {
  const Sources lab;
  const std::string whole = lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", "scanner");
  write_file(lab.lease_file(), whole);
  lab.import();
  for (const std::size_t length : {std::size_t{0}, std::size_t{5}, whole.size() / 2}) {
    CAPTURE(length);
    write_file(lab.lease_file(), whole.substr(0, length));
    std::vector<std::string> warnings;
    const ImportResult result = import_files(
        lab.settings(), ImportScope::changed, [&](const std::string& line) { warnings.push_back(line); },
        std::chrono::milliseconds(0));
    CHECK(result.is_unsettled);
    CHECK(warnings.empty());
    CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
    CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
  }
}

TEST_CASE("one record that cannot be read does not hold up the others, and is told with its number") {
  const Sources lab;
  const auto contains = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  write_file(lab.virbr0(".macs"), mac_map("box", kMac));
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  lab.import();
  // Each file says something new, and holds something that cannot be read.
  const std::string no_end = "  {\"ip-address\": \"192.168.122.9\"}";
  write_file(lab.virbr0(".status"),
             libvirt_status({no_end, libvirt_record("192.168.122.6", kMac, "web"),
                             libvirt_record("192.168.122.7", kOtherMac, "bob's laptop")}));
  write_file(lab.virbr0(".macs"), R"([{"domain": 1}, {"domain": "crate", "macs": ["52:54:00:00:00:02"]}])");
  write_file(lab.lease_file(), lease_line("10.0.0.8", "printer") + "5 x\n");
  std::vector<std::string> warnings = lab.import();
  std::ranges::sort(warnings);
  REQUIRE(warnings.size() == 3);
  CHECK(contains(warnings[1], lab.virbr0(".macs") + ": entry 1: "));
  CHECK(contains(warnings[2], lab.virbr0(".status") + ": record 1: "));
  CHECK(contains(warnings[2], "(and 1 more problem)"));
  CHECK(contains(warnings[0], lab.lease_file() + ": line 2: "));
  CHECK(lab.addresses("web") == Names{"192.168.122.6"});
  CHECK(lab.addresses("printer") == Names{"10.0.0.8"});
  CHECK(lab.addresses("crate") == Names{"192.168.122.7"});
  CHECK(lab.addresses("box").empty());
  {
    const StoreTransaction store(lab.settings());
    for (const IndexedSource& source : known_sources(store.view())) CHECK_FALSE(source.damaged);
  }
  CHECK_MESSAGE(lab.import().empty(), "it is said once, not at every import");

  // Nor when the file changes elsewhere, if the lease is one that was told.
  write_file(lab.virbr0(".status"),
             libvirt_status({libvirt_record("192.168.122.6", kMac, "db"),
                             libvirt_record("192.168.122.7", kOtherMac, "bob's laptop")}));
  CHECK(lab.import().empty());
  CHECK(lab.addresses("db") == Names{"192.168.122.6"});
}

TEST_CASE("a name that is left out is told once for each client, though the address was known before") {
  const Sources lab;
  const auto write = [&](std::string_view expiry, std::string_view mac, const std::string& name) {
    write_file(lab.lease_file(), std::string(expiry) + ' ' + std::string(mac) + " 10.0.0.7 " + name + " *\n" +
                                     lease_line("10.0.0.8", "scanner"));
  };
  const std::string no_name(65, 'b');
  write(kFarFuture, kMac, "printer");
  CHECK(lab.import().empty());
  for (const std::string_view mac : {kOtherMac, kMac}) {
    CAPTURE(mac);
    write(kFarFuture, mac, no_name);
    CHECK(lab.import().size() == 1);
    write("4102444900", mac, no_name);
    CHECK_MESSAGE(lab.import().empty(), "it was renewed");
  }
}

TEST_CASE("a name that is not a host label is a refused name of its lease alone") {
  const Sources lab;
  for (const std::string& name : {std::string("_srv"),
                                  std::string("\xc3\xbc"
                                              "ber"),
                                  std::string("host:9091"), std::string("bob's"), std::string(64, 'b')}) {
    CAPTURE(name);
    write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web"),
                                                      libvirt_record("192.168.122.6", kOtherMac, name)}));
    write_file(lab.lease_file(), lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", name));
    CHECK(lab.import().empty());
    CHECK(lab.addresses("web") == Names{"192.168.122.5"});
    CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
    for (const std::string_view address : {"192.168.122.6", "10.0.0.8"}) {
      CHECK(lab.name_at(address).empty());
      const StoreTransaction store(lab.settings());
      std::size_t found = 0;
      store.view().for_each_lease([&](const Lease& lease) {
        if (lease.address != ip(address)) return;
        ++found;
        CHECK(lease.hostname == name);
        CHECK(lease.name_refused);
      });
      CHECK(found == 1);
    }
  }
}

TEST_CASE("an empty file of which nothing is known has no leases, and is no cause to worry") {
  const Sources lab;
  write_file(lab.virbr0(".status"), "");
  write_file(lab.virbr0(".macs"), "");
  write_file(lab.lease_file(), "");
  CHECK(lab.import().empty());
  const StoreTransaction store(lab.settings());
  CHECK_FALSE(known_source(store.view(), "virbr0", lab.virbr0(".status"))->damaged);
  CHECK(known_sources(store.view()).size() == 3);
}

TEST_CASE("an index that cannot be opened is no reason to read nothing") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  {
    const NoDescriptorLeft limit;
    CHECK(PresentIndex(lab.settings()).view().snapshot().lease_count() == 0);
  }
  CHECK(lab.import().empty());
  CHECK(lease_count_of(PresentIndex(lab.settings()).view()) == 1);
}

TEST_CASE("a file that is gone is forgotten") {
  const Sources lab;
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  lab.import();
  for (const ImportScope scope : {ImportScope::changed, ImportScope::everything}) {
    fs::remove(scope == ImportScope::changed ? lab.virbr0(".status") : lab.lease_file());
    CHECK(lab.import(scope).empty());
  }
  CHECK(lab.addresses("web").empty());
  CHECK(lab.addresses("printer").empty());
  CHECK(known_sources(StoreTransaction(lab.settings()).view()).empty());
}

TEST_CASE("whatever is in the place of one file, the others answer") {
  const Sources lab;
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  lab.import();
  fs::remove(lab.virbr0(".status"));
  SUBCASE("a directory") {
    fs::create_directory(lab.virbr0(".status"));
  }
  SUBCASE("a FIFO") {
    REQUIRE(::mkfifo(lab.virbr0(".status").c_str(), 0600) == 0);
  }
  SUBCASE("a link") {
    fs::create_symlink("/etc/passwd", lab.virbr0(".status"));
  }
  SUBCASE("garbage") {
    write_file(lab.virbr0(".status"), std::string(100'000, '['));
  }
  write_file(lab.lease_file(), lease_line("10.0.0.8", "scanner"));
  const std::vector<std::string> warnings = lab.import();
  REQUIRE(warnings.size() == 1);
  CHECK_MESSAGE(warnings[0].starts_with(lab.virbr0(".status") + ' '), warnings[0]);
  CHECK(lab.addresses("web") == Names{"192.168.122.5"});
  CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
}

TEST_CASE("a file that could not be read is tried again, though it is the same") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  {
    // As by a process that may not read it.
    StoreTransaction store(lab.settings());
    TableInput contents = current_snapshot(store.view());
    struct stat status {};
    REQUIRE(::stat(lab.lease_file().c_str(), &status) == 0);
    contents.sources.push_back(
        {"lan", stamp_of(status), SourceKind::dnsmasq_leases, lab.lease_file(), 0, true});
    store.replace_index(contents);
  }
  CHECK(lab.import().empty());
  CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
}

TEST_CASE("what cannot be read is said once, and the index is left alone") {
  const Sources lab;
  fs::create_symlink("/etc/passwd", lab.lease_file());
  CHECK(lab.import().size() == 1);
  const std::string index = lab.index();
  CHECK(lab.import().empty());
  CHECK(lab.index() == index);
}

TEST_CASE("a source whose kind was set right is read as what it is") {
  Sources lab;
  write_file(lab.lease_file(), mac_map("box", "02:00:00:00:00:01"));
  CHECK(lab.import().size() == 1);
  lab.change_settings([&](Settings& settings) { settings.sources[1].kind = SourceKind::mac_map; });
  CHECK(lab.import().empty());
  const StoreTransaction store(lab.settings());
  CHECK(store.view().snapshot().guest_name(mac("02:00:00:00:00:01"), "lan") == "box");
}

TEST_CASE("an empty file is whole when all that was known from it is over") {
  const Sources lab;
  write_file(lab.lease_file(), "100 02:00:00:00:00:01 10.0.0.7 printer *\n");
  CHECK(lab.import().empty());
  write_file(lab.lease_file(), "");
  CHECK(lab.import().empty());
  const StoreTransaction store(lab.settings());
  CHECK_FALSE(known_source(store.view(), "lan", lab.lease_file())->damaged);
  CHECK(store.leases_of("lan", lab.lease_file()).empty());
}

TEST_CASE("two files that tell of one lease give its address once") {
  Sources lab;
  OwnedLease lease = full_v4();
  lease.network = "lan";
  StoreTransaction(lab.settings()).put(lease.lease());
  write_file(lab.lease_file(), lease_line("10.77.1.196", "Alpha"));
  lab.import();
  CHECK(leases_of(StoreTransaction(lab.settings()).view(), "alpha").size() == 2);
  CHECK(lab.addresses("alpha") == Names{"10.77.1.196"});
}

TEST_CASE("an event of a network leaves what comes from elsewhere as it is") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.77.1.196", "printer"));
  lab.import();
  // The same address in a network of our own, so that the overlay has to carry both.
  StoreTransaction store(lab.settings());
  CHECK_FALSE(store.find("lan", ip("10.77.1.196")));
  store.put(full_v4().lease());
  CHECK(store.view().overlay().lease_count() == 2);
  store.remove("br0", full_v4().address);
  CHECK(leases_of(store.view(), "printer").size() == 1);
  CHECK_FALSE(store.remove("lan", ip("10.77.1.196")));
  CHECK(leases_of(store.view(), "printer").size() == 1);
}

TEST_SUITE_END();

}  // namespace leases::test
