#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/lookup.h"
#include "helper/importer.h"
#include "helper/overlay.h"
#include "helper/status_text.h"
#include "store_fixture.h"
#include "support.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

/// A store with a directory of libvirt's and a lease file of dnsmasq's.
class Sources : public StoreFixture {
 public:
  Sources() {
    fs::create_directories(libvirt());
    change_settings([&](Settings& settings) {
      settings.libvirt_directory = libvirt();
      settings.sources = {{LeaseSource::Kind::libvirt, libvirt(), ""},
                          {LeaseSource::Kind::dnsmasq_leases, lease_file(), "lan"}};
    });
  }

  [[nodiscard]] std::string libvirt() const { return path_of("libvirt"); }
  [[nodiscard]] std::string virbr0(std::string_view ending) const {
    return libvirt() + "/virbr0" + std::string(ending);
  }
  [[nodiscard]] std::string lease_file() const { return path_of("dnsmasq.leases"); }

  /// The addresses that a lookup of a name gives, in order.
  [[nodiscard]] Names addresses(std::string_view name) const {
    Names found;
    const LeaseStore store(settings());
    visit_answers(store.view(), *HostQuery::parse(name), now(), [&](const Answer& answer) {
      found.emplace_back(IpText(answer.address).view());
      return true;
    });
    return found;
  }
  [[nodiscard]] std::string name_at(std::string_view address) const {
    std::string name;
    const LeaseStore store(settings());
    visit_answers(store.view().find(ip(address)), now(), [&](const Answer& answer) {
      name = answer.name;
      return false;
    });
    return name;
  }
  [[nodiscard]] std::string index() const { return identity_of(index_path()); }
};

constexpr std::string_view kFarFuture = "4102444800";

/// As libvirt's helper writes it.
std::string libvirt_record(std::string_view address, std::string_view mac, std::string_view hostname) {
  std::string text = "  {\n    \"ip-address\": \"" + std::string(address) + "\",\n    \"mac-address\": \"" +
                     std::string(mac) + "\",\n";
  if (!hostname.empty()) text += "    \"hostname\": \"" + std::string(hostname) + "\",\n";
  return text + "    \"expiry-time\": " + std::string(kFarFuture) + "\n  }";
}

std::string libvirt_status(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& record : records) text += (text.empty() ? "[\n" : ",\n") + record;
  return text + "\n]\n";
}

std::string mac_map(std::string_view guest, std::string_view mac) {
  return "[{\"domain\": \"" + std::string(guest) + "\", \"macs\": [\"" + std::string(mac) + "\"]}]";
}

constexpr std::string_view kMac = "52:54:00:00:00:01";
constexpr std::string_view kOtherMac = "52:54:00:00:00:02";

std::string lease_line(std::string_view address, std::string_view name) {
  return std::string(kFarFuture) + " 02:00:00:00:00:01 " + std::string(address) + ' ' + std::string(name) +
         " *\n";
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
  CHECK(fs::is_empty(lab.settings().state_directory));
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
    return LeaseStore(lab.settings()).leases_of("lan", lab.lease_file()).at(0).changed;
  };
  const ChangeTime before = changed_at();
  lab.import();
  CHECK(changed_at() == before);
  const LeaseStore store(lab.settings());
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

TEST_CASE("a file that is empty or cut short takes nothing away, until it is whole again") {
  const Sources lab;
  const std::string whole = lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", "scanner");
  write_file(lab.lease_file(), whole);
  lab.import();
  for (const std::size_t length : {std::size_t{0}, std::size_t{5}, whole.size() - 1}) {
    CAPTURE(length);
    write_file(lab.lease_file(), whole.substr(0, length));
    const std::vector<std::string> warnings = lab.import();
    REQUIRE(warnings.size() == 1);
    CHECK_MESSAGE(warnings[0].starts_with(lab.lease_file() + ' '), warnings[0]);
    CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
    CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
    const LeaseStore store(lab.settings());
    CHECK(known_source(store.view(), "lan", lab.lease_file())->damaged);
  }
  CHECK_MESSAGE(lab.import().empty(), "it is said once, not at every import");
  write_file(lab.lease_file(), lease_line("10.0.0.8", "scanner"));
  CHECK(lab.import().empty());
  CHECK(lab.addresses("printer").empty());
  CHECK(lab.addresses("scanner") == Names{"10.0.0.8"});
}

TEST_CASE("an empty file of which nothing is known has no leases, and is no cause to worry") {
  const Sources lab;
  write_file(lab.virbr0(".status"), "");
  write_file(lab.virbr0(".macs"), "");
  write_file(lab.lease_file(), "");
  CHECK(lab.import().empty());
  const LeaseStore store(lab.settings());
  CHECK_FALSE(known_source(store.view(), "virbr0", lab.virbr0(".status"))->damaged);
  CHECK(known_sources(store.view()).size() == 3);
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
  CHECK(known_sources(LeaseStore(lab.settings()).view()).empty());
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
    settings.sources.push_back({LeaseSource::Kind::mac_map, map, ""});
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
  lab.change_settings([&](Settings& settings) {
    settings.sources = {{LeaseSource::Kind::mac_map, map, "br0"}};
  });
  OwnedLease lease = full_v4();
  LeaseStore(lab.settings()).put(lease.lease());
  write_file(map, mac_map("box", "02:00:00:00:00:01"));
  lab.import();
  CHECK(lab.addresses("box") == Names{"10.77.1.196"});
  CHECK(lab.addresses("alpha") == Names{"10.77.1.196"});
  {
    // As the helper does it.
    LeaseStore store(lab.settings());
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

TEST_CASE("a file that could not be read is tried again, though it is the same") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.0.0.7", "printer"));
  {
    // As by a process that may not read it.
    LeaseStore store(lab.settings());
    TableContents contents = snapshot_of(store.view());
    struct stat status {};
    REQUIRE(::stat(lab.lease_file().c_str(), &status) == 0);
    contents.sources.push_back(
        {"lan", stamp_of(status), LeaseFileKind::dnsmasq_leases, lab.lease_file(), 0, true});
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
  lab.change_settings([&](Settings& settings) { settings.sources[1].kind = LeaseSource::Kind::mac_map; });
  CHECK(lab.import().empty());
  const LeaseStore store(lab.settings());
  CHECK(store.view().snapshot().guest_name(mac("02:00:00:00:00:01"), "lan") == "box");
}

TEST_CASE("an empty file is whole when all that was known from it is over") {
  const Sources lab;
  write_file(lab.lease_file(), "100 02:00:00:00:00:01 10.0.0.7 printer *\n");
  CHECK(lab.import().empty());
  write_file(lab.lease_file(), "");
  CHECK(lab.import().empty());
  const LeaseStore store(lab.settings());
  CHECK_FALSE(known_source(store.view(), "lan", lab.lease_file())->damaged);
  CHECK(store.leases_of("lan", lab.lease_file()).empty());
}

TEST_CASE("two files that tell of one lease give its address once") {
  Sources lab;
  OwnedLease lease = full_v4();
  lease.network = "lan";
  LeaseStore(lab.settings()).put(lease.lease());
  write_file(lab.lease_file(), lease_line("10.77.1.196", "Alpha"));
  lab.import();
  CHECK(leases_of(LeaseStore(lab.settings()).view(), "alpha").size() == 2);
  CHECK(lab.addresses("alpha") == Names{"10.77.1.196"});
}

TEST_CASE("an event of a network leaves what comes from elsewhere as it is") {
  const Sources lab;
  write_file(lab.lease_file(), lease_line("10.77.1.196", "printer"));
  lab.import();
  // The same address in a network of our own, so that the overlay has to carry both.
  LeaseStore store(lab.settings());
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
