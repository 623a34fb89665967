#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/importer.h"
#include "import/status_parser.h"
#include "store/status_text.h"
#include "store/transaction.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"
#include "util/hex_text.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

/// A store beside a directory of libvirt's.
class LibvirtLab : public StoreFixture {
 public:
  LibvirtLab() {
    const std::string directory = path_of("libvirt");
    fs::create_directories(directory);
    change_settings([&](Settings& settings) {
      settings.libvirt_directory = directory;
      settings.sources = {{SourceConfig::kLibvirt, directory, ""}};
    });
  }

  [[nodiscard]] StoreTransaction store() const { return StoreTransaction(settings(), StoreMode::libvirt); }
  [[nodiscard]] std::string libvirt_path() const {
    return settings().libvirt_directory + "/" + status_name("br0");
  }
  /// The addresses that stand in a status file.
  static Names addresses_in(const std::string& path) {
    Names addresses;
    if (!fs::exists(path)) return addresses;
    const ParsedFile parsed = parse_status(read_file(path), "br0", {});
    CHECK_MESSAGE(parsed.damage.empty(), parsed.damage);
    CHECK(parsed.problems.empty());
    for (const Lease& lease : parsed.leases) addresses.emplace_back(IpText(lease.address).view());
    return addresses;
  }
  [[nodiscard]] Names of_libvirt() const { return addresses_in(libvirt_path()); }
  [[nodiscard]] Names of_ours() const { return addresses_in(status_path("br0")); }
};

OwnedLease without_hardware() {
  OwnedLease lease = full_v6();
  lease.hardware.reset();
  return lease;
}

}  // namespace

TEST_SUITE_BEGIN("libvirt_place");

TEST_CASE("a lease is in libvirt's file, but for what libvirt's readers cannot bear") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  lab.store().put(without_hardware().lease());
  CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
  CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  const StoreTransaction store = lab.store();
  CHECK(store.is_current("br0"));
  CHECK(leases_of(store.view(), "alpha").size() == 1);
  CHECK(leases_of(store.view(), "six").size() == 1);
}

TEST_CASE("a lease goes to the other file when its MAC address becomes known, and back") {
  const LibvirtLab lab;
  for (const bool has_hardware : {false, true, false}) {
    CHECK(lab.store().put(has_hardware ? full_v6().lease() : without_hardware().lease()));
    CHECK(lab.of_libvirt() == (has_hardware ? Names{"fd77:1::1a2b"} : Names{}));
    CHECK(lab.of_ours() == (has_hardware ? Names{} : Names{"fd77:1::1a2b"}));
    CHECK(leases_of(lab.store().view(), "six").size() == 1);
  }
}

TEST_CASE("what is as it was is not written") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  const std::string before = identity_of(lab.libvirt_path());
  CHECK_FALSE(lab.store().put(full_v4().lease()));
  CHECK(identity_of(lab.libvirt_path()) == before);
  CHECK_FALSE(fs::exists(lab.status_path("br0")));
}

TEST_CASE("a lease ends wherever it is") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  lab.store().put(without_hardware().lease());
  CHECK(lab.store().remove("br0", full_v4().address));
  CHECK(lab.store().remove("br0", full_v6().address));
  CHECK_FALSE(lab.store().remove("br0", full_v6().address));
  CHECK(lab.of_libvirt().empty());
  CHECK(lab.of_ours().empty());
}

TEST_CASE("leases that libvirt's own helper wrote are taken over, and left to it") {
  const LibvirtLab lab;
  write_file(lab.libvirt_path(),
             "[\n  {\n    \"ip-address\": \"10.77.1.5\",\n    \"mac-address\": \"52:54:00:00:00:05\",\n"
             "    \"client-id\": \"ff:01\",\n    \"expiry-time\": 4102444800\n  }\n]\n");
  CHECK_FALSE(lab.store().is_current("br0"));
  lab.import();
  CHECK(lab.store().is_current("br0"));
  lab.store().put(full_v4().lease());
  CHECK(lab.of_libvirt() == Names{"10.77.1.5", "10.77.1.196"});
  {
    const StoreTransaction store = lab.store();
    const auto taken = store.find("br0", ip("10.77.1.5"));
    REQUIRE(taken);
    CHECK(hex_text(taken->client_id) == "ff:01");
  }
  // To a transaction that is not libvirt's, they are somebody else's.
  const StoreTransaction other(lab.settings());
  CHECK_FALSE(other.find("br0", ip("10.77.1.5")));
  other.view().for_each_lease([&](const Lease& lease) { CHECK_FALSE(other.owns(lease)); });
}

TEST_CASE("what is in libvirt's file is kept, and written elsewhere, while that cannot be written") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  fs::permissions(lab.settings().libvirt_directory, fs::perms(0555));
  const std::string before = identity_of(lab.libvirt_path());
  OwnedLease renamed = full_v4();
  renamed.hostname = "renamed";
  {
    StoreTransaction store = lab.store();
    CHECK(store.is_current("br0"));
    CHECK(store.is_current_for_libvirt("br0"));
    store.view().for_each_lease([&](const Lease& lease) { CHECK(store.owns(lease)); });
    CHECK(store.put(renamed.lease()));
    store.remove_expired([](std::string_view network) { return network == "br0"; }, {~std::uint64_t{0}});
  }
  CHECK(identity_of(lab.libvirt_path()) == before);
  CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
  fs::permissions(lab.settings().libvirt_directory, fs::perms(0755));
}

TEST_CASE("a change of the MAC map is noticed") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  CHECK(lab.store().is_current("br0"));
  write_file(lab.settings().libvirt_directory + "/br0.macs",
             R"([{"domain": "box", "macs": ["02:00:00:00:00:01"]}])");
  CHECK_FALSE(lab.store().is_current("br0"));
  lab.import();
  CHECK(lab.store().is_current("br0"));
  CHECK(leases_of(lab.store().view(), "box").size() == 1);
}

TEST_CASE("a damaged file of libvirt's is put aside before it is written, and nothing is lost") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  const std::string garbage = "[\n  {\n    \"ip-addr";
  write_file(lab.libvirt_path(), garbage);
  CHECK(lab.import().size() == 1);
  CHECK(lab.store().is_current("br0"));
  CHECK_MESSAGE(read_file(lab.libvirt_path()) == garbage, "the importer does not touch it");
  lab.store().put(full_v6().lease());
  CHECK(lab.of_libvirt() == Names{"10.77.1.196", "fd77:1::1a2b"});
  std::size_t kept = 0;
  for (const auto& entry : fs::directory_iterator(lab.settings().libvirt_directory)) {
    if (entry.path().string().find(".damaged-") == std::string::npos) continue;
    CHECK(read_file(entry.path()) == garbage);
    ++kept;
  }
  CHECK(kept == 1);
  CHECK_FALSE(known_source(lab.store().view(), "br0", lab.libvirt_path())->damaged);
}

namespace {

constexpr std::string_view kWeb =
    R"({ "ip-address":"10.77.1.11", "mac-address": "52:54:00:00:00:01", "hostname": "web", "expiry-time":4102444800 })";
/// What the index cannot have, or not whole.
constexpr std::string_view kOdd[] = {
    R"({"ip-address": "10.77.1.12", "mac-address": "52:54:00:00:00:02", "hostname": "a b", "expiry-time": 4102444800})",
    R"({"ip-address": "10.77.1.13", "mac-address": "52:54:00:00:00:03", "hostname": "_srv", "colour": {"a": [1]},
        "client-id": "ab:cd:", "expiry-time": 4102444800})",
    R"({"ip-address": "10.77.1.14", "mac-address": "52:54:00:00:00:04"})",
    R"({"note": "ip-address"})",
    "7",
};

std::string array_of(const std::vector<std::string_view>& elements) {
  std::string text;
  for (const std::string_view element : elements) text.append(text.empty() ? "[" : " ,").append(element);
  return text + "]";
}

}  // namespace

TEST_CASE("whatever is in libvirt's file is kept byte by byte, but for the record of the event's address") {
  const LibvirtLab lab;
  std::vector<std::string_view> elements{kWeb};
  elements.insert(elements.end(), std::begin(kOdd), std::end(kOdd));
  write_file(lab.libvirt_path(), array_of(elements));
  lab.import();
  const auto text = [&] { return read_file(lab.libvirt_path()); };
  const auto keeps_the_odd_ones = [&] {
    for (const std::string_view odd : kOdd) CHECK(text().find(odd) != std::string::npos);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(lab.settings().libvirt_directory))
      ++files;
    CHECK_MESSAGE(files == 1, "nothing is put aside");
  };
  SUBCASE("a lease comes, changes and ends") {
    lab.store().put(full_v4().lease());
    keeps_the_odd_ones();
    CHECK(text().find(kWeb) != std::string::npos);
    OwnedLease web = full_v4();
    web.address = ip("10.77.1.11");
    web.hostname = "renamed";
    lab.store().put(web.lease());
    keeps_the_odd_ones();
    CHECK(text().find(kWeb) == std::string::npos);
    CHECK(lab.store().remove("br0", web.address));
    keeps_the_odd_ones();
    CHECK(text().find("10.77.1.11\"") == std::string::npos);
    CHECK(text().find("10.77.1.196\"") != std::string::npos);
    CHECK(lab.store().is_current("br0"));
  }
  SUBCASE("without an index") {
    lab.store().put_without_index(full_v4().lease());
    keeps_the_odd_ones();
    lab.store().remove_without_index("br0", ip("10.77.1.11"));
    keeps_the_odd_ones();
    CHECK(text().find(kWeb) == std::string::npos);
  }
  SUBCASE("leases that are over go") {
    OwnedLease over = full_v4();
    over.expiry = 100;
    lab.store().put(over.lease());
    lab.store().remove_expired([](std::string_view network) { return network == "br0"; }, {101});
    keeps_the_odd_ones();
    CHECK(text().find(kWeb) != std::string::npos);
    CHECK(text().find("10.77.1.196\"") == std::string::npos);
  }
}

TEST_CASE("a record of libvirt's file that cannot be read goes with the event of its address") {
  const LibvirtLab lab;
  const std::string unread = R"({"ip-address": "10.77.1.196", "hostname": "no-end"})";
  write_file(lab.libvirt_path(), array_of({kWeb, unread}));
  lab.import();
  SUBCASE("that is leased") {
    lab.store().put(full_v4().lease());
    CHECK(lab.of_libvirt() == Names{"10.77.1.11", "10.77.1.196"});
  }
  SUBCASE("that is leased to a client whose MAC address is not known") {
    OwnedLease lease = without_hardware();
    lease.address = full_v4().address;
    lab.store().put(lease.lease());
    CHECK(lab.of_libvirt() == Names{"10.77.1.11"});
  }
  SUBCASE("that is free") {
    CHECK(lab.store().remove("br0", full_v4().address));
    CHECK(lab.of_libvirt() == Names{"10.77.1.11"});
    CHECK_FALSE(lab.store().remove("br0", full_v4().address));
  }
  CHECK(lab.store().is_current("br0"));
  CHECK(read_file(lab.libvirt_path()).find("no-end") == std::string::npos);
}

TEST_CASE(
    "a name that the policy refuses is in libvirt's file as libvirt's helper writes it, and not answered") {
  const LibvirtLab lab;
  for (const std::string_view name : {"vm--", "101", "_srv", "localhost"}) {
    OwnedLease lease = full_v4();
    lease.hostname = name;
    lease.name_refused = true;
    lab.store().put(lease.lease());
    CHECK(read_file(lab.libvirt_path()).find("\"hostname\": \"" + std::string(name) + '"') !=
          std::string::npos);
    CHECK(lab.store().find("br0", lease.address)->name_refused);
    // As after a boot.
    fs::remove(lab.index_path());
    CHECK(lab.import().empty());
    const StoreTransaction store = lab.store();
    CHECK(store.find("br0", lease.address)->hostname == name);
    CHECK(store.find("br0", lease.address)->name_refused);
    if (is_host_label(name)) CHECK(leases_of(store.view(), name).empty());
  }
}

TEST_CASE("expired leases go from both files") {
  const LibvirtLab lab;
  for (OwnedLease lease : {full_v4(), without_hardware()}) {
    lease.expiry = 100;
    lab.store().put(lease.lease());
  }
  lab.store().remove_expired([](std::string_view network) { return network == "br0"; }, {101});
  CHECK(lab.of_libvirt().empty());
  CHECK(lab.of_ours().empty());
  CHECK(lab.store().is_current("br0"));
}

TEST_CASE("a damaged file of libvirt's is put aside, too, when only expired leases go from it") {
  const LibvirtLab lab;
  OwnedLease over = full_v4();
  over.expiry = 100;
  lab.store().put(over.lease());
  write_file(lab.libvirt_path(), "[\n  {");
  lab.import();
  lab.store().remove_expired([](std::string_view network) { return network == "br0"; }, {101});
  CHECK(lab.of_libvirt().empty());
  CHECK_FALSE(known_source(lab.store().view(), "br0", lab.libvirt_path())->damaged);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(lab.settings().libvirt_directory)) ++files;
  CHECK(files == 2);
}

TEST_CASE("a network that libvirt begins anew has no leases of the one before") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  lab.store().put(without_hardware().lease());
  SUBCASE("only stopped: the file is there") {
    lab.store().start_libvirt_network("br0");
    CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
    CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  }
  SUBCASE("undefined: libvirt removed it") {
    fs::remove(lab.libvirt_path());
    lab.import();
    lab.store().start_libvirt_network("br0");
    CHECK(fs::exists(lab.libvirt_path()));
    CHECK(lab.of_libvirt().empty());
    CHECK(lab.of_ours().empty());
    CHECK(leases_of(lab.store().view(), "six").empty());
  }
}

TEST_CASE("when libvirt removes its file, the network's leases go, and only those") {
  const LibvirtLab lab;
  OwnedLease other = full_v4();
  other.network = "br1";
  for (const OwnedLease& lease : {full_v4(), without_hardware(), other}) lab.store().put(lease.lease());
  CHECK_FALSE(lab.store().has_undefined_network());
  fs::remove(lab.libvirt_path());
  CHECK(lab.store().has_undefined_network());
  CHECK(lab.import().empty());
  const StoreTransaction store = lab.store();
  CHECK_FALSE(store.has_undefined_network());
  CHECK(store.lacks_libvirt_file("br0"));
  CHECK(leases_of(store.view(), "six").empty());
  CHECK(leases_of(store.view(), "Alpha").size() == 1);
  CHECK(lab.of_ours().empty());
  CHECK_FALSE(fs::exists(lab.libvirt_path()));
}

TEST_CASE("what is beside libvirt's file is written again, too, while libvirt's is there") {
  const LibvirtLab lab;
  for (const OwnedLease& lease : {full_v4(), without_hardware()}) lab.store().put(lease.lease());
  fs::remove(lab.status_path("br0"));
  CHECK(lab.import().size() == 1);
  CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
}

TEST_CASE("without an index, the file of each lease is changed all the same") {
  const LibvirtLab lab;
  lab.store().put_without_index(full_v4().lease());
  lab.store().put_without_index(without_hardware().lease());
  CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
  CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  lab.store().remove_without_index("br0", full_v4().address);
  CHECK(lab.of_libvirt().empty());
}

TEST_CASE("without libvirt's directory, a network of libvirt's is one of ours") {
  const LibvirtLab lab;
  fs::remove_all(lab.settings().libvirt_directory);
  lab.store().put(full_v4().lease());
  CHECK(lab.of_ours() == Names{"10.77.1.196"});
}

TEST_SUITE_END();

}  // namespace leases::test
