#include "import/status_import.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/unit/import/two_networks.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

}  // namespace

TEST_SUITE_BEGIN("status_import");

TEST_CASE("a status file that somebody else wrote is read") {
  const TwoNetworks fixture;
  write_file(fixture.status_path("br0"),
             R"([{"ip-address": "10.0.0.9", "hostname": "theirs", "expiry-time": 0}])");
  CHECK(fixture.import().empty());
  CHECK(fixture.names_in("br0") == Names{"theirs"});
  CHECK(fixture.lab_is_untouched());
  CHECK(fixture.others({"br0", "lab"}).empty());
}

TEST_CASE("a status file that was removed is written again with what the index has, which is said once") {
  for (const ImportScope scope : {ImportScope::changed, ImportScope::everything}) {
    const TwoNetworks fixture;
    const std::string text = fixture.status("br0");
    fs::remove(fixture.status_path("br0"));
    const auto warnings = fixture.import(scope);
    REQUIRE(warnings.size() == 1);
    CHECK(
        warnings[0].starts_with(fixture.status_path("br0") + " was removed; it is written again with the 2"));
    CHECK(fixture.status("br0") == text);
    CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
    CHECK(fixture.agree("br0"));
    CHECK(fixture.lab_is_untouched());
    CHECK(fixture.import(scope).empty());
  }
}

TEST_CASE("a state directory that was removed is made again with what the index has") {
  const TwoNetworks fixture;
  fs::remove_all(fixture.settings().state_directory);
  CHECK(fixture.import().size() == 2);
  for (const std::string network : {"br0", "lab"}) CHECK(fixture.agree(network));
  CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
  CHECK(fixture.names_in("lab") == Names{"Alpha"});
}

TEST_CASE("a status file that was removed is forgotten if no lease of it still counts, or nothing is known") {
  const TwoNetworks fixture;
  SUBCASE("its leases are over") {
    {
      StoreTransaction store(fixture.settings());
      for (OwnedLease lease : {full_v4(), full_v6()}) {
        lease.expiry = 100;
        store.put(lease.lease());
      }
    }
    fs::remove(fixture.status_path("br0"));
    CHECK(fixture.import().empty());
    CHECK(fixture.lab_is_untouched());
  }
  SUBCASE("there is no index") {
    fs::remove(fixture.status_path("br0"));
    fs::remove(fixture.index_path());
    CHECK(fixture.import().empty());
  }
  CHECK(StoreTransaction(fixture.settings()).networks() == Names{"lab"});
  CHECK_FALSE(fs::exists(fixture.status_path("br0")));
}

TEST_CASE("a file that ends too early is kept aside, and what it lost comes from the index") {
  const TwoNetworks fixture;
  const std::string text = fixture.status("br0");
  const std::string half = text.substr(0, text.rfind("expiry-time"));
  write_file(fixture.status_path("br0"), half);
  const auto warnings = fixture.import();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].starts_with(fixture.status_path("br0")));
  CHECK(warnings[0].find('\n') == std::string::npos);

  const auto aside = fixture.others({"br0", "lab"});
  REQUIRE(aside.size() == 1);
  CHECK(aside[0].starts_with(fixture.status_path("br0") + ".damaged-"));
  CHECK(warnings[0].find(fs::path(aside[0]).filename().string()) != std::string::npos);
  CHECK(read_file(aside[0]) == half);
  CHECK(fixture.status("br0") == text);
  CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
  CHECK(fixture.agree("br0"));
  CHECK(fixture.lab_is_untouched());
}

TEST_CASE("what is left of a network that has gone is removed, and nothing else") {
  const TwoNetworks fixture;
  const auto networks = [&] { return StoreTransaction(fixture.settings()).networks(); };
  const auto is_known = [&](const char* network) {
    return known_source(StoreTransaction(fixture.settings()).view(), network, {}).has_value();
  };
  const std::string empty = "[]\n";
  for (const char* network : {"gone", "recent", "lo"}) write_file(fixture.status_path(network), empty);
  write_file(fixture.settings().state_directory + "/gone.duid", "00:01\n");
  fixture.import();
  CHECK(networks() == Names{"br0", "gone", "lab", "lo", "recent"});
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(2);
  for (const char* network : {"gone", "lo", "br0"})
    fs::last_write_time(fixture.status_path(network), long_ago);
  fixture.import();
  CHECK(fixture.import().empty());
  CHECK(networks() == Names{"br0", "lab", "lo", "recent"});
  CHECK_FALSE(is_known("gone"));
  CHECK_FALSE(fs::exists(fixture.settings().state_directory + "/gone.duid"));
  CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
  // It comes back with its next lease.
  OwnedLease lease = full_v4();
  lease.network = "gone";
  lease.address = ip("10.99.0.1");
  fixture.put(lease);
  fs::last_write_time(fixture.status_path("gone"), long_ago);
  fixture.import();
  fixture.import();
  CHECK(networks() == Names{"br0", "gone", "lab", "lo", "recent"});
}

TEST_CASE("of a file that is damaged again and again the newest sixteen are kept") {
  const TwoNetworks fixture;
  std::string half;
  for (int i = 0; i < 20; ++i) {
    half = "[" + std::to_string(i);
    write_file(fixture.status_path("br0"), half);
    CHECK(fixture.import().size() == 1);
  }
  std::set<std::string> kept;
  for (const std::string& path : fixture.others({"br0", "lab"})) kept.insert(read_file(path));
  CHECK(kept.size() == 16);
  CHECK(kept.contains(half));
  CHECK_FALSE(kept.contains("[0"));
}

TEST_CASE("a change near the end of time is not believed, so later ones still come after it") {
  const TwoNetworks fixture;
  write_file(fixture.status_path("br0"),
             R"([{"ip-address": "10.77.1.196", "hostname": "planted", "expiry-time": 0,
                  "last-change": "18446744072.999999999"}])");
  CHECK(fixture.import().size() == 1);
  for (const char* name : {"planted", "first", "second"}) {
    OwnedLease lease = full_v4();
    lease.hostname = name;
    fixture.put(lease);
    const StoreTransaction store(fixture.settings());
    CHECK(store.view().newest_change() < kLatestChange);
    CHECK(store.find("br0", lease.address)->changed == store.view().newest_change());
  }
}

TEST_CASE("without an index what can still be read of the file is what the network goes on with") {
  const TwoNetworks fixture;
  const std::string text = fixture.status("br0");
  write_file(fixture.status_path("br0"), text.substr(0, text.rfind("expiry-time")));
  fs::remove(fixture.index_path());
  CHECK(fixture.import().size() == 1);
  CHECK(fixture.names_in("br0") == Names{"Alpha"});
  CHECK(fixture.agree("br0"));
  CHECK(fixture.lab_is_untouched());
}

TEST_CASE("what can be read of a damaged file counts more than what the index has") {
  const TwoNetworks fixture;
  write_file(fixture.status_path("br0"),
             R"([{"ip-address": "10.77.1.196", "hostname": "theirs", "expiry-time": 0},
                                             {"ip-address": "not one", "expiry-time": 0}])");
  // The record changed when the file did. The system's own time of that may lie up to a tick before it was
  // written, and so before the last event.
  fs::last_write_time(fixture.status_path("br0"), fs::file_time_type::clock::now());
  CHECK(fixture.import().size() == 1);
  CHECK(fixture.names_in("br0") == Names{"six", "theirs"});
  CHECK(fixture.agree("br0"));
  CHECK(fixture.others({"br0", "lab"}).size() == 1);
  CHECK(fixture.lab_is_untouched());
}

TEST_CASE("every damaged file is kept, even when several are damaged within a second") {
  const TwoNetworks fixture;
  for (std::size_t n = 1; n <= 5; ++n) {
    write_file(fixture.status_path("br0"), "damage " + std::to_string(n));
    CHECK(fixture.import().size() == 1);
    const auto aside = fixture.others({"br0", "lab"});
    CHECK(aside.size() == n);
  }
  CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
}

TEST_CASE("a file that was kept aside is not read again") {
  const TwoNetworks fixture;
  write_file(fixture.status_path("br0"), "damage");
  CHECK(fixture.import().size() == 1);
  CHECK(StoreTransaction(fixture.settings()).is_current());
  CHECK(fixture.import(ImportScope::everything).empty());
  CHECK(StoreTransaction(fixture.settings()).networks() == Names{"br0", "lab"});
}

TEST_CASE("something else in place of a status file is moved aside, not followed, and not waited for") {
  const auto plant_directory = [](const std::string& path) { fs::create_directory(path); };
  const auto plant_fifo = [](const std::string& path) { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); };
  const auto plant_link = [](const std::string& path) { fs::create_symlink("/etc/passwd", path); };
  const auto plant_dead_link = [](const std::string& path) { fs::create_symlink("nowhere", path); };
  for (const std::function<void(const std::string&)>& plant :
       {std::function<void(const std::string&)>(plant_directory),
        {plant_fifo},
        {plant_link},
        {plant_dead_link}}) {
    const TwoNetworks fixture;
    fs::remove(fixture.status_path("br0"));
    plant(fixture.status_path("br0"));
    CHECK(fixture.import().size() == 1);
    CHECK(fs::is_regular_file(fs::symlink_status(fixture.status_path("br0"))));
    CHECK(fixture.others({"br0", "lab"}).size() == 1);
    CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
    CHECK(fixture.agree("br0"));
    CHECK(fixture.lab_is_untouched());
  }
}

TEST_SUITE_END();

}  // namespace leases::test
