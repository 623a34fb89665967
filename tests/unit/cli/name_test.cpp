#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "cli/output/time_text.h"
#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

using leases::test::ip;
using leases::test::lease_of;
using leases::test::mac;
using leases::test::OwnedLease;
using leases::test::with;

namespace {

/// The findings of a name where the system answers these addresses.
std::string check(CheckFixture& host, const std::string& name, const std::set<IpAddress>& answered = {}) {
  host.context().services.resolve = [answered](const std::string&) {
    return ResolverAnswer{answered, "no answer"};
  };
  return host.report(check_names(host.context(), {name}));
}

std::string check(const std::vector<OwnedLease>& leases, const std::string& name,
                  const std::set<IpAddress>& answered = {}) {
  CheckFixture host(leases);
  return check(host, name, answered);
}

std::string name_problem(const std::string& text, const std::string& remedy) {
  return "problem  name           " + text + (remedy.empty() ? "" : "; to fix it: " + remedy) + '\n';
}

/// One that no command fixes.
std::string name_puzzle(const std::string& text, const std::string& look_at) {
  return "problem  name           " + text + "; look at: " + look_at + '\n';
}

/// Makes the name policy deny names.
void deny(CheckFixture& host, const std::string& glob) {
  host.change_settings([&](Settings& settings) { settings.names = NamePolicy({glob}, {}); });
}

const std::string kEdit = std::string("${EDITOR:-vi} ") + paths::kConfig + " && leasectl rebuild";

}  // namespace

TEST_SUITE_BEGIN("name");

TEST_CASE("a name that the system answers from its lease is well") {
  const std::vector<OwnedLease> leases{lease_of("br0", "10.0.0.1", "web"), lease_of("br0", "fd00::1", "web"),
                                       lease_of("br0", "10.0.0.2", "four"),
                                       lease_of("br0", "fd00::2", "six")};
  CHECK(check(leases, "web", {ip("10.0.0.1"), ip("fd00::1")}) ==
        "ok       name           web is 10.0.0.1 fd00::1\n");
  CHECK(check(leases, "four.br0", {ip("10.0.0.2")}) ==
        "ok       name           four.br0 is 10.0.0.2 (IPv4 only)\n");
  CHECK(check(leases, "six", {ip("fd00::2")}) == "ok       name           six is fd00::2 (IPv6 only)\n");
}

TEST_CASE("what a program gets that asks DNS is told, and need not be the lease's") {
  CheckFixture host({lease_of("br0", "10.0.0.1", "web"), lease_of("br0", "fd00::1", "web")});
  const auto in_dns = [&](const std::set<IpAddress>& v4, const std::set<IpAddress>& v6) {
    host.context().services.ask_dns = [=](const IpAddress& server, const std::string&, Family family) {
      CHECK(server == ip("127.0.0.53"));
      return std::optional(family == Family::v4 ? v4 : v6);
    };
    const std::string report = check(host, "web", {ip("10.0.0.1"), ip("fd00::1")});
    return report.substr(report.find('\n') + 1);
  };
  host.file("etc/resolv.conf",
            "# nameserver 10.0.0.1\noptions edns0\nnameserver 127.0.0.53\nnameserver 10.0.0.54\n");
  const std::string program = "name           a program that asks DNS, not NSS, gets ";
  CHECK(in_dns({ip("10.0.0.1")}, {ip("fd00::1")}) == "ok       " + program + "the same from 127.0.0.53\n");
  CHECK(in_dns({}, {}) == "unknown  " + program + "nothing from 127.0.0.53\n");
  CHECK(in_dns({ip("192.0.2.1")}, {}) == "unknown  " + program + "192.0.2.1 from 127.0.0.53\n");
}

TEST_CASE("no other machine is asked for a guest's name") {
  CheckFixture host({lease_of("br0", "10.0.0.1", "web")});
  std::set<std::string> asked;
  host.context().services.ask_dns = [&](const IpAddress& server, const std::string&, Family) {
    asked.emplace(IpText(server).view());
    return std::optional(std::set{ip("10.0.0.1")});
  };
  const auto with_server = [&](const std::string& server) {
    asked.clear();
    host.file("etc/resolv.conf", "nameserver " + server + "\nnameserver 127.0.0.1\n");
    const std::string report = check(host, "web", {ip("10.0.0.1")});
    return report.substr(report.find('\n') + 1);
  };
  for (const char* other : {"10.0.0.53", "128.0.0.1", "2001:db8::1", "::", "fe80::1%eth0"}) {
    CHECK(with_server(other) == "unknown  name           the DNS server " + std::string(other) +
                                    " is not this host (127.0.0.0/8, ::1), and was not asked what a program "
                                    "gets that does not ask NSS\n");
    CHECK(asked.empty());
  }
  for (const char* own : {"127.0.0.1", "127.1.2.3", "::1"}) {
    CHECK(with_server(own).starts_with("ok "));
    CHECK(asked == std::set<std::string>{own});
  }
}

TEST_CASE("an address leads to the name of its lease") {
  CHECK(check({lease_of("br0", "10.0.0.1", "web")}, "10.0.0.1", {ip("10.0.0.1")}) ==
        "ok       name           web is 10.0.0.1 (IPv4 only)\n");
  CHECK(check({lease_of("br0", "10.0.0.1", "web")}, "10.0.0.9") ==
        name_puzzle("nothing is leased at 10.0.0.9", "leasectl list"));
  CHECK(check({lease_of("br0", "10.0.0.1")}, "10.0.0.1") ==
        name_puzzle("the lease of 10.0.0.1 in br0 has no name: the client sent none, or dnsmasq gave it to "
                    "another client "
                    "or ignores it",
                    "leasectl lookup 10.0.0.1"));
  CHECK(check({with(lease_of("br0", "10.0.0.1"), &OwnedLease::expiry, 1000U)}, "10.0.0.1") ==
        name_puzzle("nothing is leased at 10.0.0.1", "leasectl list"));
}

TEST_CASE("what is not a host name is a problem") {
  CHECK(check({}, "a..\x1b") ==
        name_puzzle(
            "'a..\\x1b' is not a host name: labels have letters, digits, - and _, and at most 63 of them",
            "leasectl list"));
}

TEST_CASE("a name that no lease has is a problem") {
  CHECK(check({}, "nobody") ==
        name_puzzle(
            "no lease has the name nobody: the machine does not send it, or has no lease from this dnsmasq",
            "leasectl list"));
  CHECK(check({}, "localhost5") ==
        name_puzzle(
            "no lease has the name localhost5, and it would not be answered: it is reserved (localhost*)",
            "man nss-leases.conf"));
}

TEST_CASE("a lease that has expired is a problem") {
  CHECK(check({with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::expiry, 1000U)}, "web") ==
        name_problem("the lease of web (10.0.0.1 in br0) expired at " + local_time({1000}) +
                         ", and dnsmasq has not reported it since: let the machine renew it",
                     ""));
}

TEST_CASE("an imported lease that has expired is not the business of the service's dnsmasq") {
  const CheckFixture host({with(with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::expiry, 1000U),
                                &OwnedLease::source, "/incus.leases")});
  const std::string text = "the lease of web (10.0.0.1 in br0) expired at " + local_time({1000}) +
                           ", as /incus.leases has it: let the machine renew it, or restart ";
  CHECK(host.report(check_names(host.context(), {"web"})) ==
        name_puzzle(text + "the program that writes it", "ls -l /incus.leases"));
  host.process(812, {"dnsmasq", {"dnsmasq", "-C", "/dev/null", "--dhcp-leasefile=/incus.leases"}});
  CHECK(host.report(check_names(host.context(), {"web"})) ==
        name_puzzle(text + "dnsmasq (process 812)", "ls -l /incus.leases"));
}

TEST_CASE("a name that is given twice, or by its address as well, is checked once") {
  CheckFixture host({lease_of("br0", "10.0.0.1", "web")});
  host.context().services.resolve = [](const std::string&) { return ResolverAnswer{{ip("10.0.0.1")}, ""}; };
  CHECK(host.report(check_names(host.context(), {"10.0.0.1", "web", "WEB"})) ==
        "ok       name           web is 10.0.0.1 (IPv4 only)\n");
}

TEST_CASE("of several names, each is asked of all services before one is of a single service") {
  CheckFixture host({lease_of("br0", "10.0.0.1", "alpha"), lease_of("br0", "10.0.0.2", "beta")});
  std::string asked = "all";
  host.context().services.ask_only = [&](const std::string& service) { asked = service; };
  host.context().services.resolve = [&](const std::string& name) {
    const bool is_beta = asked == "all" && name == "beta";
    return is_beta ? ResolverAnswer{{ip("10.0.0.2")}, ""} : ResolverAnswer{{}, "no answer"};
  };
  CHECK(host.report(check_names(host.context(), {"alpha", "10.0.0.2"})) ==
        name_problem("alpha is 10.0.0.1, but getaddrinfo() answers 'no answer', and the module alone does "
                     "not know it either",
                     "") +
            "ok       name           beta is 10.0.0.2 (IPv4 only)\n");
}

TEST_CASE("a name with another domain is a problem") {
  const auto lease = with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::domain, "lab");
  CHECK(check({lease}, "web.elsewhere") ==
        name_puzzle("web (10.0.0.1 in br0) is not in 'elsewhere', but in the network br0 and the domain lab",
                    "leasectl lookup web"));
  CHECK(check({lease_of("br0", "10.0.0.2", "db")}, "db.elsewhere") ==
        name_puzzle("db (10.0.0.2 in br0) is not in 'elsewhere', but in the network br0",
                    "leasectl lookup db"));
  const auto far = with(lease_of("hv2:lab", "10.0.0.3", "far"), &OwnedLease::host, "hv2");
  CHECK(check({far}, "far.lab") ==
        name_puzzle("far (10.0.0.3 in hv2:lab) is not in 'lab', but of the host hv2", "leasectl lookup far"));
}

TEST_CASE("a name that the policy refuses is a problem, by the rule that refuses it") {
  const auto refused = [](const char* name) {
    return with(lease_of("br0", "10.0.0.1", name), &OwnedLease::name_refused, true);
  };
  CHECK(check({refused("wpad")}, "wpad") == name_puzzle("wpad (10.0.0.1 in br0) has a lease, but its name is "
                                                        "reserved (wpad): give the machine another name",
                                                        "man nss-leases.conf"));
  CheckFixture host({refused("debian")});
  deny(host, "deb*");
  CHECK(check(host, "debian") ==
        name_puzzle("debian (10.0.0.1 in br0) has a lease, but its name is denied by "
                    "names.deny (deb*); make an exception "
                    "in allow, then rebuild",
                    kEdit));
  CHECK(check({refused("web")}, "web") ==
        name_problem("web (10.0.0.1 in br0) was refused by a name policy that accepts it now",
                     "leasectl rebuild"));
}

TEST_CASE("a name that is this machine's own is a problem, whoever has a lease under it") {
  CheckFixture host({with(lease_of("br0", "10.0.0.1", "builder"), &OwnedLease::name_refused, true),
                     lease_of("br0", "10.0.0.2", "old")});
  host.change_settings([](Settings& settings) { settings.names.keep_own({"builder", "old"}); });
  CHECK(check(host, "builder") ==
        name_puzzle(
            "builder (10.0.0.1 in br0) has a lease, but its name is this machine's own: give the machine "
            "another name",
            "man nss-leases.conf"));
  CHECK(
      check(host, "old", {ip("10.0.0.2")})
          .starts_with(name_problem("old is answered, but it is this machine's own since the policy changed",
                                    "leasectl rebuild")));
}

TEST_CASE("a name that a hosts file gives to another address is a problem") {
  CheckFixture host({with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::name_refused, true),
                     lease_of("br0", "10.0.0.2", "db")});
  const std::string hosts = host.file("etc/hosts", "10.9.9.9 web db\n");
  host.change_settings([&](Settings& settings) {
    settings.hosts_files = {hosts};
    settings = with_hosts_files(settings, false);
  });
  CHECK(check(host, "web") ==
        name_puzzle("web (10.0.0.1 in br0) has a lease, but its name is given to 10.9.9.9 "
                    "by /etc/hosts: give the machine "
                    "another name, or remove it from that file, then rebuild",
                    "${EDITOR:-vi} /etc/hosts && leasectl rebuild"));
  CHECK(
      check(host, "db", {ip("10.0.0.2")}) ==
      "ok       name           db is 10.0.0.2 (IPv4 only)\n" +
          name_problem(
              "db (10.0.0.2 in br0) is answered, but its name is given to 10.9.9.9 by /etc/hosts, which the "
              "index does not know yet",
              "leasectl rebuild"));
}

TEST_CASE("a name that a new policy would refuse is answered until the index is rebuilt") {
  CheckFixture host({lease_of("br0", "10.0.0.1", "debian")});
  deny(host, "deb*");
  CHECK(check(host, "debian", {ip("10.0.0.1")})
            .starts_with(name_problem(
                "debian is answered, but it is denied by names.deny (deb*) since the policy changed",
                "leasectl rebuild")));
}

TEST_CASE("an address that its machine had before is named as old") {
  OwnedLease older = lease_of("br0", "10.0.0.1", "web");
  OwnedLease newer = lease_of("br0", "10.0.0.9", "web");
  newer.hardware = older.hardware = mac("52:54:00:00:00:01");
  newer.changed = older.changed + 1;
  CheckFixture host({older, newer});
  CHECK(
      check(host, "web", {ip("10.0.0.9")}) ==
      "ok       name           web is 10.0.0.9 (IPv4 only)\n"
      "ok       name           web (10.0.0.1 in br0) is old and not answered: the machine has a newer lease "
      "in that network\n");
}

TEST_CASE("a guest without a lease is known") {
  CheckFixture host({}, {{mac("52:54:00:00:00:01"), "vm.corp", "virbr0", "/libvirt/virbr0.macs"}});
  CHECK(check(host, "vm") ==
        name_puzzle("vm.corp is a guest in /libvirt/virbr0.macs, but has no lease: it is "
                    "not running, it asked a dnsmasq "
                    "that is not known here, or another guest has its MAC address as well",
                    "leasectl lookup 52:54:00:00:00:01"));
}

TEST_CASE("a guest whose name is refused is told so") {
  CheckFixture host({}, {{mac("52:54:00:00:00:01"), "vm.invalid", "virbr0", "/libvirt/virbr0.macs"}});
  CHECK(check(host, "vm") ==
        name_puzzle("vm.invalid is a guest in /libvirt/virbr0.macs, but its name is reserved (*.invalid): "
                    "give the machine another name",
                    "man nss-leases.conf"));
}

TEST_CASE("a lease is found by its guest's name and the domain of that") {
  const auto lease = with(lease_of("br0", "10.0.0.1"), &OwnedLease::guest_name, "vm.corp");
  CHECK(check({lease}, "vm.corp", {ip("10.0.0.1")}) ==
        "ok       name           vm.corp is 10.0.0.1 (IPv4 only)\n");
  CHECK(
      check({lease}, "vm.lab") ==
      name_puzzle("vm.corp (10.0.0.1 in br0) is not in 'lab', but in the network br0", "leasectl lookup vm"));
}

TEST_CASE("without an index nothing is known of a name") {
  CheckFixture host;
  std::filesystem::remove(host.index_path());
  CHECK(check(host, "web") == "unknown  name           without an index, nothing is known of 'web'\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
