#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "helper/hex_text.h"
#include "helper/importer.h"
#include "helper/lease_store.h"
#include "helper/status_parser.h"
#include "helper/status_text.h"
#include "store_fixture.h"
#include "support.h"

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
      settings.sources = {{LeaseSource::Kind::libvirt, directory, ""}};
    });
  }

  [[nodiscard]] LeaseStore store() const { return LeaseStore(settings(), StoreUse::libvirt); }
  [[nodiscard]] std::string libvirt_path() const {
    return settings().libvirt_directory + "/" + status_name("br0");
  }
  /// The addresses that stand in a status file.
  static Names addresses_in(const std::string& path) {
    Names addresses;
    if (!fs::exists(path)) return addresses;
    const ParsedStatus parsed = parse_status(read_file(path), "br0", {});
    CHECK_MESSAGE(parsed.damage.empty(), parsed.damage);
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

TEST_SUITE_BEGIN("libvirt_store");

TEST_CASE("a lease is in libvirt's file, but for what libvirt's readers cannot bear") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  lab.store().put(without_hardware().lease());
  CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
  CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  const LeaseStore store = lab.store();
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
    const LeaseStore store = lab.store();
    const auto taken = store.find("br0", ip("10.77.1.5"));
    REQUIRE(taken);
    CHECK(hex_text(taken->client_id) == "ff:01");
  }
  // To a transaction that is not libvirt's, they are somebody else's.
  const LeaseStore other(lab.settings());
  CHECK_FALSE(other.find("br0", ip("10.77.1.5")));
  other.view().for_each_lease([&](const Lease& lease) { CHECK_FALSE(other.keeps(lease)); });
}

TEST_CASE("what is in libvirt's file is kept, and written elsewhere, while that cannot be written") {
  const LibvirtLab lab;
  lab.store().put(full_v4().lease());
  fs::permissions(lab.settings().libvirt_directory, fs::perms(0555));
  const std::string before = identity_of(lab.libvirt_path());
  OwnedLease renamed = full_v4();
  renamed.hostname = "renamed";
  {
    LeaseStore store = lab.store();
    CHECK(store.is_current("br0"));
    CHECK(store.knows_libvirts("br0"));
    store.view().for_each_lease([&](const Lease& lease) { CHECK(store.keeps(lease)); });
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
    lab.store().begin_network_of_libvirt("br0");
    CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
    CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  }
  SUBCASE("undefined: libvirt removed it") {
    fs::remove(lab.libvirt_path());
    lab.import();
    lab.store().begin_network_of_libvirt("br0");
    CHECK(fs::exists(lab.libvirt_path()));
    CHECK(lab.of_libvirt().empty());
    CHECK(lab.of_ours().empty());
    CHECK(leases_of(lab.store().view(), "six").empty());
  }
}

TEST_CASE("without an index, the file of each lease is changed all the same") {
  const LibvirtLab lab;
  lab.store().put_in_file_only(full_v4().lease());
  lab.store().put_in_file_only(without_hardware().lease());
  CHECK(lab.of_libvirt() == Names{"10.77.1.196"});
  CHECK(lab.of_ours() == Names{"fd77:1::1a2b"});
  lab.store().remove_in_file_only("br0", full_v4().address);
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
