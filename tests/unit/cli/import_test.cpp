#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// A store with a source that was not imported yet, of one lease.
class ImportedStore : public StoreFixture {
 public:
  ImportedStore() {
    write_file(path_of("dnsmasq.leases"), "4102444800 02:00:00:00:00:01 10.0.0.1 web *\n");
    change_settings([&](Settings& settings) {
      settings.sources = {{SourceKind::dnsmasq_leases, path_of("dnsmasq.leases"), "lan"}};
    });
  }
};

}  // namespace

TEST_SUITE_BEGIN("import");

TEST_CASE("an import says how much the index has, and its leases are found") {
  const ImportedStore store;
  const Called import = called(import_verb, store.settings(), {"import"});
  CHECK(import.code == kFound);
  CHECK(import.output == "1 lease in 1 network\n");
  CHECK(called(lookup_verb, store.settings(), {"lookup", "web"}).code == kFound);
}

TEST_CASE("a rebuild says the same, also as JSON") {
  const ImportedStore store;
  CHECK(called(rebuild_verb, store.settings(), {"rebuild"}).output == "1 lease in 1 network\n");
  StoreTransaction(store.settings()).put(full_v4().lease());
  CHECK(called(rebuild_verb, store.settings(), {"rebuild"}).output == "2 leases in 2 networks\n");
  CHECK(called(import_verb, store.settings(), {"import", "--json"}).output ==
        "{\n  \"networks\": 2,\n  \"leases\": 2,\n  \"damaged\": []\n}\n");
}

TEST_CASE("a rebuild makes an index that was removed") {
  const StoreFixture store;
  StoreTransaction(store.settings()).put(full_v4().lease());
  ::unlink(store.index_path().c_str());
  CHECK(called(rebuild_verb, store.settings(), {"rebuild"}).output == "1 lease in 1 network\n");
  CHECK(called(lookup_verb, store.settings(), {"lookup", "alpha"}).code == kFound);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
