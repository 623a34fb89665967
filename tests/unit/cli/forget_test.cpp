#include <filesystem>

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// `leasectl forget ARGUMENTS`, which only root may.
Called forget(const StoreFixture& store, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"forget"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return called(forget_verb, store.settings(), words);
}

}  // namespace

TEST_SUITE_BEGIN("forget");

TEST_CASE("a lease is forgotten by its name, in the file and in the index") {
  if (::geteuid() != 0) return;
  const StoreFixture store;
  StoreTransaction(store.settings()).put(full_v4().lease());
  StoreTransaction(store.settings()).put(full_v6().lease());
  const Called forgotten = forget(store, {"alpha"});
  CHECK(forgotten.code == kFound);
  CHECK(forgotten.output == "forgot br0  10.77.1.196  Alpha  02:00:00:00:00:01\n");
  CHECK(store.status("br0").find("Alpha") == std::string::npos);
  CHECK(called(lookup_verb, store.settings(), {"lookup", "alpha"}).code == kNotFound);
  CHECK(called(lookup_verb, store.settings(), {"lookup", "six"}).code == kFound);
}

TEST_CASE("a network is forgotten with its file") {
  if (::geteuid() != 0) return;
  const StoreFixture store;
  StoreTransaction(store.settings()).put(full_v4().lease());
  CHECK(forget(store, {"br0"}).output ==
        "forgot br0  10.77.1.196  Alpha  02:00:00:00:00:01\nforgot the network br0\n");
  CHECK_FALSE(std::filesystem::exists(store.status_path("br0")));
}

TEST_CASE("what is not there, or is several leases, is not forgotten") {
  if (::geteuid() != 0) return;
  const StoreFixture store;
  OwnedLease second = full_v4();
  second.address = ip("10.77.1.197");
  StoreTransaction(store.settings()).put(full_v4().lease());
  StoreTransaction(store.settings()).put(second.lease());
  CHECK(forget(store, {"nobody"}).code == kNotFound);
  const Called several = forget(store, {"alpha"});
  CHECK(several.code == kNotFound);
  CHECK(several.errors.find("'alpha' has several leases; ") != std::string::npos);
  CHECK(forget(store, {"--all", "alpha"}).code == kFound);
  CHECK(called(lookup_verb, store.settings(), {"lookup", "alpha"}).code == kNotFound);
}

TEST_CASE("a lease from another program's file stays") {
  if (::geteuid() != 0) return;
  StoreFixture store;
  write_file(store.path_of("dnsmasq.leases"), "4102444800 02:00:00:00:00:01 10.0.0.1 web *\n");
  store.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, store.path_of("dnsmasq.leases"), "lan"}};
  });
  const Called kept = forget(store, {"web", "--json"});
  CHECK(kept.code == kNotFound);
  CHECK(kept.output.find("\"outcome\": \"in-source\"") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
