#include "cli/checks/apparmor_profile.h"

#include <doctest/doctest.h>

#include <string>

#include "paths.h"

namespace leases::cli::test {

namespace {

const std::string kHelperRuns = std::string(paths::kHelper) + " ix,\n";
const std::string kIndexWrites = std::string(paths::kRuntimeDirectory) + "/* rw,\n";
const std::string kState = paths::kStateDirectory;

}  // namespace

TEST_SUITE_BEGIN("apparmor_profile");

TEST_CASE("dnsmasq is confined by an enforced profile of its name or its path") {
  CHECK(confines_dnsmasq("/usr/bin/man (enforce)\ndnsmasq (enforce)\n"));
  CHECK(confines_dnsmasq("/usr/sbin/dnsmasq (enforce)"));
}

TEST_CASE("another mode, a child profile or another program does not confine dnsmasq") {
  CHECK_FALSE(confines_dnsmasq(""));
  CHECK_FALSE(confines_dnsmasq("dnsmasq (complain)\n"));
  CHECK_FALSE(confines_dnsmasq("dnsmasq//libvirt_leaseshelper (enforce)\n"));
  CHECK_FALSE(confines_dnsmasq("mydnsmasq (enforce)\n"));
}

TEST_CASE("the letters of every rule for a path are added up") {
  const std::string rules = "profile x {\n  /var/lib/a rw,\n  owner /var/lib/* k,\n  /etc/** r,\n}\n";
  CHECK(permissions_for("/var/lib/a", rules) == "rw,k,");
  CHECK(permissions_for("/var/lib/b", rules) == "k,");
  CHECK(permissions_for("/etc/x/y", rules) == "r,");
  CHECK(permissions_for("/srv", rules).empty());
}

TEST_CASE("comments and what is denied give no permission") {
  CHECK(permissions_for("/a", "# /a r,\ndeny /a w,\n/a k, # x\n") == "k,");
}

TEST_CASE("alternatives are tried, one inside the other too") {
  const std::string rule = "/usr/{lib/{a,b},libexec}/{x,y} ix,\n";
  for (const char* path : {"/usr/lib/a/x", "/usr/lib/b/y", "/usr/libexec/x"}) {
    CAPTURE(path);
    CHECK(permissions_for(path, rule) == "ix,");
  }
  CHECK(permissions_for("/usr/lib/x", rule).empty());
  CHECK(permissions_for("/run/a", "/{,var/}run/a r,") == "r,");
  CHECK(permissions_for("/var/run/a", "/{,var/}run/a r,") == "r,");
}

TEST_CASE("@{run} is /run, and a rule with another variable or an open bracket matches nothing") {
  CHECK(permissions_for("/run/a", "@{run}/a r,") == "r,");
  CHECK(permissions_for("/proc/a", "@{PROC}/a r,").empty());
  CHECK(permissions_for("/x/a", "/x/{a,b r,").empty());
}

TEST_CASE("dnsmasq has to be able to run the helper") {
  const std::string lack = std::string("run ") + paths::kHelper;
  CHECK(missing_permission("") == lack);
  CHECK(missing_permission("/usr/lib/libvirt/libvirt_leaseshelper m,\n") == lack);
  CHECK(missing_permission(std::string(paths::kHelper) + " r,\n") == lack);
  CHECK(missing_permission(std::string(paths::kHelper) + " Ux,\n").empty());
}

TEST_CASE("under dnsmasq's own profile the helper has to be able to write and lock its files") {
  CHECK(missing_permission(kHelperRuns) == std::string("write ") + paths::kRuntimeDirectory);
  CHECK(missing_permission(kHelperRuns + kIndexWrites) == "write " + kState);
  CHECK(missing_permission(kHelperRuns + kIndexWrites + kState + "/lock rwk,\n") == "write " + kState);
  CHECK(missing_permission(kHelperRuns + kIndexWrites + kState + "/** rw,\n") == "lock " + kState + "/lock");
  CHECK(missing_permission(kHelperRuns + kIndexWrites + kState + "/** rwk,\n").empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
