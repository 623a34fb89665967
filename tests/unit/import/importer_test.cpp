#include "import/importer.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/unit/import/two_networks.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

}  // namespace

TEST_SUITE_BEGIN("importer");

TEST_CASE("what is current is not read again and not written again") {
  const TwoNetworks fixture;
  const std::string br0 = identity_of(fixture.status_path("br0"));
  for (const ImportScope scope : {ImportScope::changed, ImportScope::everything}) {
    CHECK(fixture.import(scope).empty());
    CHECK(identity_of(fixture.status_path("br0")) == br0);
    CHECK(fixture.lab_is_untouched());
    CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
  }
}

TEST_CASE("the result counts networks and leases") {
  const TwoNetworks fixture;
  const ImportResult result =
      import_files(fixture.settings(), ImportScope::everything, [](const std::string&) {});
  CHECK(result.networks == 2);
  CHECK(result.leases == 3);
}

TEST_CASE("on request all files are read, though the index says that it knows them") {
  const TwoNetworks fixture;
  {
    StoreTransaction store(fixture.settings());
    TableInput wrong = current_snapshot(store.view());
    wrong.leases.clear();
    store.replace_index(wrong);
  }
  fixture.import(ImportScope::changed);
  CHECK(fixture.names_in("br0").empty());
  fixture.import(ImportScope::everything);
  CHECK(fixture.names_in("br0") == Names{"Alpha", "six"});
}

TEST_CASE("a hosts file that changed counts for all leases from the next import, whoever wrote them") {
  TwoNetworks fixture;
  const std::string hosts = fixture.path_of("hosts");
  write_file(hosts, "");
  fixture.change_settings([&](Settings& settings) { settings.hosts_files = {hosts}; });
  CHECK_FALSE(fixture.is_refused_after_import());
  write_file(hosts, "10.0.0.200 alpha\n");
  CHECK(fixture.is_refused_after_import());
  CHECK(fixture.status("br0").find("\"refused-hostname\": \"Alpha\"") != std::string::npos);
  write_file(hosts, "10.0.0.200 alpha\n10.77.1.196 alpha\n");
  CHECK_FALSE(fixture.is_refused_after_import());
}

TEST_CASE(
    "this machine's name counts for all leases from the next import, and a name that it gave up is free") {
  TwoNetworks fixture;
  const std::string file = fixture.path_of("hostname");
  write_file(file, "elsewhere\n");
  fixture.change_settings([&](Settings& settings) { settings.hostname_file = file; });
  CHECK_FALSE(fixture.is_refused_after_import());
  write_file(file, "alpha.example.org\n");
  CHECK(fixture.is_refused_after_import());
  CHECK(fixture.status("br0").find("\"refused-hostname\": \"Alpha\"") != std::string::npos);
  write_file(file, "elsewhere\n");
  CHECK_FALSE(fixture.is_refused_after_import());
}

TEST_CASE("names that the policy refuses now are refused, in the index and in the file") {
  const TwoNetworks fixture;
  CHECK(fixture.import(ImportScope::everything, NamePolicy({"alpha"}, {})).empty());
  {
    const StoreTransaction store(fixture.settings());
    CHECK(leases_of(store.view(), "alpha").empty());
    CHECK(store.find("br0", full_v4().address)->name_refused);
  }
  CHECK(fixture.status("br0").find("\"refused-hostname\": \"Alpha\"") != std::string::npos);
  CHECK(fixture.status("br0").find("\"hostname\": \"six\"") != std::string::npos);
  CHECK(fixture.agree("br0"));
}

TEST_CASE("names that the policy refused and accepts now are accepted, in the index and in the file") {
  const TwoNetworks fixture;
  fixture.import(ImportScope::everything, NamePolicy({"alpha"}, {}));
  for (const ImportScope scope : {ImportScope::everything, ImportScope::changed}) {
    CHECK(fixture.import(scope, NamePolicy()).empty());
    const StoreTransaction store(fixture.settings());
    CHECK(leases_of(store.view(), "alpha").size() == 2);
    CHECK_FALSE(store.find("br0", full_v4().address)->name_refused);
    CHECK(fixture.status("br0").find("\"hostname\": \"Alpha\"") != std::string::npos);
    CHECK(fixture.status("br0").find("refused") == std::string::npos);
  }
}

TEST_CASE("a file with a refused name in it is not written again for nothing") {
  const TwoNetworks fixture;
  const NamePolicy policy({"alpha"}, {});
  fixture.import(ImportScope::everything, policy);
  const std::string before = identity_of(fixture.status_path("br0"));
  fs::remove(fixture.index_path());
  fixture.import(ImportScope::changed, policy);
  CHECK(identity_of(fixture.status_path("br0")) == before);
}

TEST_CASE("a change of policy does not change what is the most recent") {
  const TwoNetworks fixture;
  std::vector<ChangeTime> before;
  {
    const StoreTransaction store(fixture.settings());
    for (const Lease& lease : store.leases_of("br0")) before.push_back(lease.changed);
  }
  fixture.import(ImportScope::everything, NamePolicy({"*"}, {}));
  std::vector<ChangeTime> after;
  const StoreTransaction store(fixture.settings());
  for (const Lease& lease : store.leases_of("br0")) after.push_back(lease.changed);
  CHECK(before == after);
}

TEST_CASE("files whose names name no network are left alone") {
  const TwoNetworks fixture;
  for (const std::string_view name : {".hidden", "a b", "-rf", "x\n"})
    write_file(fixture.status_path(name), "damage");
  write_file(fixture.settings().state_directory + "/notes.txt", "mine");
  CHECK(fixture.import(ImportScope::everything).empty());
  CHECK(fixture.others({"br0", "lab"}).size() == 5);
  CHECK(StoreTransaction(fixture.settings()).networks() == Names{"br0", "lab"});
}

TEST_SUITE_END();

}  // namespace leases::test
