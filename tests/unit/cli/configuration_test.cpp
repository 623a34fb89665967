#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("configuration");

TEST_CASE("a configuration that was read whole is well") {
  const CheckFixture host;
  CHECK(host.report(check_configuration) == "ok       configuration  nothing is wrong with it\n");
}

TEST_CASE("each problem of the configuration is one line") {
  CheckFixture host;
  host.change_settings([](Settings& settings) { settings.problems = {"line 1: a\nb", "line 2: c"}; });
  CHECK(host.report(check_configuration) ==
        "problem  configuration  line 1: a\\x0ab; look at: man nss-leases.conf\n"
        "problem  configuration  line 2: c; look at: man nss-leases.conf\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
