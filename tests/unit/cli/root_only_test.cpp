#include "cli/command_line/root_only.h"

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("root_only");

TEST_CASE("what only root may do is an error for others") {
  const std::string expected =
      ::geteuid() == 0 ? "" : "dance: only root may do this; run: sudo leasectl dance";
  CHECK(error_of([] { require_root("dance"); }) == expected);
}

TEST_CASE("others do nothing of what only root may do" * doctest::skip(::geteuid() == 0)) {
  const StoreFixture store;
  StoreTransaction(store.settings()).put(full_v4().lease());
  const std::string before = identity_of(store.status_path("br0"));
  const auto refused = [&](Verb (*verb)(Command), const std::vector<std::string>& words) {
    return error_of([&] { called(verb, store.settings(), words); }).find(": only root may do this") !=
           std::string::npos;
  };
  CHECK(refused(forget_verb, {"forget", "alpha"}));
  CHECK(refused(lease_file_verb, {"lease-file", "take"}));
  CHECK(refused(lease_file_verb, {"lease-file", "give"}));
  CHECK(refused(libvirt_helper_verb, {"libvirt-helper", "on"}));
  CHECK(refused(libvirt_helper_verb, {"libvirt-helper", "off"}));
  CHECK(refused(libvirt_hook_verb, {"libvirt-hook", "on"}));
  CHECK(refused(libvirt_hook_verb, {"libvirt-hook", "off"}));
  CHECK(identity_of(store.status_path("br0")) == before);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
