#include <filesystem>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

/// The findings where nscd runs with this configuration.
std::string check(std::string_view configuration) {
  const CheckFixture host;
  host.process(77, {"nscd", {"nscd"}});
  host.file("etc/nscd.conf", configuration);
  return host.report(check_caches);
}

const std::string kWithout = "ok       caches         nscd runs without a cache of hosts\n";

}  // namespace

TEST_SUITE_BEGIN("caches");

TEST_CASE("without nscd nothing answers in place of the module") {
  const CheckFixture host;
  CHECK(host.report(check_caches) == "ok       caches         nscd is not running\n");
}

TEST_CASE("a user who does not see all processes cannot tell") {
  const CheckFixture host;
  std::filesystem::remove_all(host.path_of("proc/1"));
  CHECK(host.report(check_caches) ==
        "unknown  caches         nscd is not visible, but this user cannot see all processes\n");
}

TEST_CASE("nscd with a cache of hosts is a problem") {
  CHECK(check("\tenable-cache\t\thosts\tyes # x\n") ==
        "problem  caches         nscd (process 77) answers in place of the module, and remembers names that "
        "did not "
        "exist; to fix it: sed -i --follow-symlinks -E "
        "'s/^([[:space:]]*enable-cache[[:space:]]+hosts[[:space:]]+)yes/\\1no/' "
        "/etc/nscd.conf && service nscd restart\n");
}

TEST_CASE("nscd caches hosts only if the last line for hosts says so") {
  for (const std::string_view text :
       {"", "enable-cache hosts no\n", "# enable-cache hosts yes\n", "enable-cache passwd yes\n",
        "enable-cache hosts yes\nenable-cache hosts no\n", "enable-cache hosts\n"}) {
    CAPTURE(text);
    CHECK(check(text) == kWithout);
  }
  CHECK(check("enable-cache hosts no\nenable-cache hosts yes\n").starts_with("problem"));
}

TEST_CASE("nscd without a configuration file caches nothing; one that cannot be read is unknown") {
  const CheckFixture host;
  host.process(77, {"nscd", {"nscd"}});
  CHECK(host.report(check_caches) == kWithout);
  std::filesystem::create_directory(host.context().nscd);
  CHECK(host.report(check_caches) ==
        "unknown  caches         nscd runs; /etc/nscd.conf is a directory, not a file\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
