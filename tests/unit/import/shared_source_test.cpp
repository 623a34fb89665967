#include <doctest/doctest.h>

#include <filesystem>

#include "import/importer.h"
#include "tests/support/files.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace {

/// A store with another host's file as a source.
class SharedSource : public Sources {
 public:
  SharedSource() {
    std::filesystem::create_directories(path_of("shared/hv2"));
    change_settings([&](Settings& settings) {
      settings.sources = {{SourceConfig::kLibvirt, libvirt(), ""},
                          {SourceKind::shared_status, path_of("shared/*/*.status"), ""}};
    });
  }
  void share(const std::string& records) const {
    write_file(path_of("shared/hv2/lab.status"), "[" + records + "]\n");
  }
  void import() const {
    import_files(settings(), ImportScope::changed, [](const std::string&) {});
  }
};

std::string shared_record(std::string_view address, std::string_view name, std::string_view more = {}) {
  std::string text = R"({"ip-address": ")" + std::string(address) + R"(", "hostname": ")" +
                     std::string(name) + R"(", "expiry-time": 0, "last-change": "1.000000000")";
  return text.append(more) + '}';
}

}  // namespace

TEST_SUITE_BEGIN("shared_source");

TEST_CASE("another host's leases answer by name, with the host, and by address") {
  const SharedSource store;
  store.share(shared_record("10.9.0.1", "web"));
  store.import();
  CHECK(store.addresses("web") == Names{"10.9.0.1"});
  CHECK(store.addresses("web.hv2") == Names{"10.9.0.1"});
  CHECK(store.addresses("web.lab").empty());
  CHECK(store.name_at("10.9.0.1") == "web");
  store.share("");
  store.import();
  CHECK(store.addresses("web").empty());
}

TEST_CASE("the name policy counts for another host's leases, and guests") {
  const SharedSource store;
  store.share(shared_record("10.9.0.1", "wpad") + ',' +
              shared_record("10.9.0.2", "ok", R"(, "guest": "localhost")"));
  store.import();
  CHECK(store.addresses("wpad").empty());
  CHECK(store.addresses("localhost").empty());
  CHECK(store.addresses("ok") == Names{"10.9.0.2"});
}

TEST_CASE("no host has a domain that is reserved, or a name in it that a hosts file gives to another") {
  SharedSource store;
  std::filesystem::create_directories(store.path_of("shared/arpa"));
  write_file(store.path_of("shared/arpa/lab.status"), "[" + shared_record("10.9.0.1", "ipv4only") + "]\n");
  write_file(store.path_of("hosts"), "10.9.9.9 web.hv2\n");
  store.change_settings([&](Settings& settings) { settings.hosts_files = {store.path_of("hosts")}; });
  store.share(shared_record("10.9.0.2", "web") + ',' + shared_record("10.9.0.3", "db"));
  store.import();
  CHECK(store.addresses("ipv4only.arpa").empty());
  CHECK(store.addresses("web.hv2").empty());
  CHECK(store.addresses("db.hv2") == Names{"10.9.0.3"});
}

TEST_CASE("a guest's name comes with the lease, and maps of this host change nothing there") {
  const SharedSource store;
  const std::string hardware = R"(, "mac-address": "52:54:00:00:00:01")";
  store.share(shared_record("10.9.0.1", "web", hardware + R"(, "guest": "vm1")"));
  write_file(store.virbr0(".macs"), R"([{"domain": "mine", "macs": ["52:54:00:00:00:01"]}])");
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    store.import();
    CHECK(store.addresses("vm1") == Names{"10.9.0.1"});
    CHECK(store.addresses("mine").empty());
    // Some change that makes an overlay, then one that makes the index anew.
    store.share(shared_record("10.9.0.1", "web", hardware + R"(, "guest": "vm1")") + ',' +
                shared_record("10.9.0." + std::to_string(9 + round), "more"));
    if (round == 1) write_file(store.virbr0(".macs"), "[]");
  }
}

TEST_CASE("a guest that changes alone is seen") {
  const SharedSource store;
  store.share(shared_record("10.9.0.1", "web", R"(, "guest": "vm1")"));
  store.import();
  store.share(shared_record("10.9.0.1", "web", R"(, "guest": "vm2")"));
  store.import();
  CHECK(store.addresses("vm1").empty());
  CHECK(store.addresses("vm2") == Names{"10.9.0.1"});
}

TEST_SUITE_END();

}  // namespace leases::test
