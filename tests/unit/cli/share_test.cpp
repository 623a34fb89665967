#include <string>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

struct Shared : CheckFixture {
  Shared() {
    change_settings([](Settings& settings) {
      settings.share.endpoints = {"https://etcd.example:2379"};
      settings.share.networks = {"b*"};
    });
  }
  void runs() { process(78, {"leases-share", {"/usr/libexec/nss-leases/leases-share"}}); }
};

}  // namespace

TEST_SUITE_BEGIN("share");

TEST_CASE("without members of etcd nothing is shared, and nothing is wrong") {
  const CheckFixture host;
  CHECK(host.report(check_share) == "ok       share          leases are not shared with other hosts\n");
}

TEST_CASE("a service that does not run is a problem") {
  const Shared host;
  CHECK(host.report(check_share).starts_with("problem  share          leases-share does not run"));
}

TEST_CASE("a password is not sent as plain text") {
  Shared host;
  host.runs();
  host.change_settings([](Settings& settings) {
    settings.share.endpoints.emplace_back("http://etcd.example:2379");
    settings.share.user = "hv1";
  });
  CHECK(host.report(check_share).find("http://etcd.example:2379 as plain text") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
