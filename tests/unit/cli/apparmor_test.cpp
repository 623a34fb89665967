#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

/// A host with AppArmor, and an enforced profile of dnsmasq with this rule.
void confine(const CheckFixture& host, const std::string& rule) {
  host.file("sys/enabled", "Y\n");
  host.file("sys/profiles", "dnsmasq (enforce)\n");
  host.file("etc/apparmor.d/usr.sbin.dnsmasq", "profile dnsmasq {\n  " + rule + "\n}\n");
}

long uptime() {
  timespec present{};
  ::clock_gettime(CLOCK_MONOTONIC, &present);
  return present.tv_sec;
}

/// A denial this many seconds ago.
std::string record(long age, const std::string& profile) {
  return "6,1," + std::to_string((uptime() - age) * 1'000'000) + ",-;audit: apparmor=\"DENIED\" profile=\"" +
         profile + "\" name=\"/run/nss-leases/\x1b[2J\"\n";
}

const std::string kAllowed = "ok       apparmor       the profile of dnsmasq lets it run the helper\n";
const std::string kAllowDnsmasq = std::string("; to fix it: echo '") + paths::kHelper +
                                  " Ux,' >> /etc/apparmor.d/local/usr.sbin.dnsmasq && apparmor_parser -r "
                                  "/etc/apparmor.d/usr.sbin.dnsmasq\n";

}  // namespace

TEST_SUITE_BEGIN("apparmor");

TEST_CASE("a kernel without AppArmor confines nothing") {
  const CheckFixture host;
  CHECK(host.report(check_apparmor) == "ok       apparmor       not in use\n");
  host.file("sys/enabled", "N\n");
  CHECK(host.report(check_apparmor) == "ok       apparmor       not in use\n");
}

TEST_CASE("profiles that this user cannot read are unknown") {
  const CheckFixture host;
  host.file("sys/enabled", "Y\n");
  host.file("dev/kmsg", "");
  CHECK(host.report(check_apparmor) == "unknown  apparmor       /sys/profiles does not exist\n");
}

TEST_CASE("dnsmasq need not have a profile") {
  const CheckFixture host;
  confine(host, "");
  host.file("dev/kmsg", "");
  host.file("sys/profiles", "dnsmasq (complain)\n");
  CHECK(host.report(check_apparmor) == "ok       apparmor       no profile confines dnsmasq\n");
}

TEST_CASE("a profile of dnsmasq has to let it run the helper") {
  const CheckFixture host;
  confine(host, "/usr/bin/x ix,");
  host.file("dev/kmsg", "");
  CHECK(host.report(check_apparmor) ==
        std::string(
            "problem  apparmor       the profile of dnsmasq, /etc/apparmor.d/usr.sbin.dnsmasq, does not let "
            "it run ") +
            paths::kHelper + kAllowDnsmasq);
  host.file("etc/apparmor.d/local/usr.sbin.dnsmasq", std::string(paths::kHelper) + " Ux,\n");
  CHECK(host.report(check_apparmor) == kAllowed);
}

TEST_CASE("a denial of the last hour is a problem, and is shown without its control characters") {
  const CheckFixture host;
  confine(host, std::string(paths::kHelper) + " Ux,");
  host.file("dev/kmsg", record(130, "ping"));
  CHECK(host.report(check_apparmor) ==
        kAllowed +
            "problem  apparmor       2 min ago: apparmor=\"DENIED\" profile=\"ping\" "
            "name=\"/run/nss-leases/\\x1b[2J\"; to fix it: mkdir -p "
            "/etc/apparmor.d/abstractions/nameservice.d && echo '" +
            paths::kIndex +
            " r,' > /etc/apparmor.d/abstractions/nameservice.d/nss-leases && systemctl reload "
            "apparmor\n");
  host.file("dev/kmsg", record(130, "dnsmasq"));
  CHECK(host.report(check_apparmor).ends_with(kAllowDnsmasq));
}

TEST_CASE("the package's rule is not written over") {
  const CheckFixture host;
  confine(host, std::string(paths::kHelper) + " Ux,");
  host.file("etc/apparmor.d/abstractions/nameservice.d/nss-leases",
            "# What programs need\n@{run}/nss-leases/hosts.idx r,\n");
  host.file("dev/kmsg", record(-10, "ping"));
  CHECK(host.report(check_apparmor).ends_with("; to fix it: systemctl reload apparmor\n"));
}

TEST_CASE("a denial from before its rule was there has been seen to, however old the rule's package is") {
  const CheckFixture host;
  confine(host, std::string(paths::kHelper) + " Ux,");
  const std::string rule = host.file("etc/apparmor.d/abstractions/nameservice.d/nss-leases", "");
  std::filesystem::last_write_time(rule,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(24));
  host.file("dev/kmsg", record(130, "ping"));
  CHECK(host.report(check_apparmor) == kAllowed);
  // What is denied after that is not.
  host.file("dev/kmsg", record(-10, "ping"));
  CHECK(host.report(check_apparmor) != kAllowed);
}

TEST_CASE("a denial from before its profile was loaded again has been seen to") {
  const CheckFixture host;
  confine(host, std::string(paths::kHelper) + " Ux,");
  const std::string loaded =
      "5,2,1,-;audit: apparmor=\"STATUS\" operation=\"profile_replace\" profile=\"unconfined\" "
      "name=\"ping\"\n";
  host.file("dev/kmsg", loaded + record(130, "ping"));
  CHECK(host.report(check_apparmor) != kAllowed);
  host.file("dev/kmsg", record(130, "ping") + loaded);
  CHECK(host.report(check_apparmor) == kAllowed);
}

TEST_CASE("an older denial, or one without a time, may have been fixed since") {
  const CheckFixture host;
  confine(host, std::string(paths::kHelper) + " Ux,");
  host.file("dev/kmsg", record(3700, "ping"));
  CHECK(host.report(check_apparmor) == kAllowed);
  host.file("dev/kmsg", "apparmor=\"DENIED\" nss-leases\n");
  CHECK(host.report(check_apparmor) == kAllowed);
}

TEST_CASE("only root misses a kernel log that cannot be read") {
  const CheckFixture host;
  confine(host, std::string(paths::kHelper) + " Ux,");
  CHECK(host.report(check_apparmor) ==
        (::geteuid() == 0 ? kAllowed + "unknown  apparmor       /dev/kmsg cannot be read, so denials are not "
                                       "known\n"
                          : kAllowed));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
