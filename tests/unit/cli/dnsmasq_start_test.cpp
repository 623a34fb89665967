#include "cli/checks/dnsmasq_start.h"

#include "cli/checks/dnsmasq_script.h"
#include "dnsmasq/server_registry.h"
#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

using leases::test::lease_of;

namespace {

std::string failing_start(const CheckFixture& host) {
  Findings findings("dnsmasq");
  const bool fails = report_failing_start(host.context(), options_in_files(host.context()), findings);
  const auto found = std::move(findings).take();
  CHECK(fails == !found.empty());
  return host.report(found);
}

std::string below_root_of(const CheckFixture& host, std::string path) {
  return path.empty() ? path : path.substr(host.path_of("").size() - 1);
}

}  // namespace

TEST_SUITE_BEGIN("dnsmasq_start");

TEST_CASE("dnsmasq says itself why it would not start") {
  if (::geteuid() != 0) return;  // may not read its files
  const CheckFixture host;
  host.file("etc/dnsmasq.conf", "");
  CHECK(failing_start(host).empty());
  host.file("usr/sbin/dnsmasq", "echo once; echo \"bad option at line 1 of $2\" >&2; exit 1\n");
  CHECK(failing_start(host) ==
        "problem  dnsmasq        dnsmasq cannot start: bad option at line 1 of "
        "--conf-file=/etc/dnsmasq.conf; look at: /usr/sbin/dnsmasq --test --conf-file=/etc/dnsmasq.conf\n");
  host.file("usr/sbin/dnsmasq", "exit 1\n");
  CHECK(failing_start(host).find("cannot start: it says nothing; ") != std::string::npos);
}

TEST_CASE("a dnsmasq that would run another program is not tried") {
  const CheckFixture host;
  host.file("usr/sbin/dnsmasq", "exit 1\n");
  host.file("etc/dnsmasq.conf", "conf-script=/bin/true\n");
  CHECK(failing_start(host).empty());
}

TEST_CASE("more leases than dnsmasq takes keep it from starting") {
  const CheckFixture host({lease_of("br0", "10.0.0.1", "a"), lease_of("br0", "10.0.0.2", "b")});
  const std::string text =
      "problem  dnsmasq        dnsmasq cannot start: with leasefile-ro it is given 2 leases, and takes 1 "
      "(dhcp-lease-max); to fix it: ";
  host.file("etc/dnsmasq.conf", "leasefile-ro\n");
  CHECK(failing_start(host).empty());
  host.file("etc/dnsmasq.conf", "dhcp-lease-max=1\n");
  CHECK(failing_start(host).empty());
  host.file("etc/dnsmasq.conf", "leasefile-ro\ndhcp-lease-max = 1\n");
  CHECK(failing_start(host) ==
        text +
            "sed -i --follow-symlinks -E "
            "'s/^[[:space:]]*dhcp-lease-max[[:space:]]*=.*/dhcp-lease-max=2000/' /etc/dnsmasq.conf && "
            "systemctl restart dnsmasq\n");
  host.file("etc/dnsmasq.conf", "leasefile-ro\ndhcp-lease-max=2\n");
  CHECK(failing_start(host).empty());
}

TEST_CASE("the leases of a dnsmasq that runs, and of several at one address, are not given to another") {
  const CheckFixture host({lease_of("br0", "10.0.0.1", "a"), lease_of("br1", "10.0.0.1", "a"),
                           lease_of("br1", "10.0.0.2", "b"), lease_of("br2", "10.0.0.3", "c"),
                           lease_of("virbr0", "10.0.0.4", "d")});
  ServerRegistry registry;
  const auto directory = Directory::open_or_create(host.settings().state_directory);
  const auto add = [&](const std::string& key, const ProcessIdentity& process, const std::string& network,
                       LeaseDatabase::Kind kind) {
    const CallingServer server{key, process, network_namespace(), {kind}};
    registry.note(server);
    registry.network_of(server, network, false, [](const std::string&) { return true; });
    registry.write(directory);
  };
  const ProcessIdentity stopped{1, 1, "before"};
  add("a", *identity_of_process(::getpid()), "br2", LeaseDatabase::Kind::helper);
  add("libvirt:virbr0", {}, "virbr0", LeaseDatabase::Kind::helper);
  CHECK(own_leases(host.context()) == 2);
  add("b", stopped, "br1", LeaseDatabase::Kind::file);
  CHECK(own_leases(host.context()) == 2);
  // The only one that kept its leases with the helper is the service's, and the others' are theirs.
  add("c", stopped, "br0", LeaseDatabase::Kind::helper);
  CHECK(own_leases(host.context()) == 1);
}

TEST_CASE("a file that is not read gets a name under which it is") {
  const CheckFixture host;
  host.file("etc/default/dnsmasq",
            "#CONFIG_DIR=/x\nCONFIG_DIR=\"" + host.context().dnsmasq_directory + ",*.conf\"\n");
  const auto found = [&] {
    return below_root_of(host, unread_script_file(host.context(), options_in_files(host.context())));
  };
  CHECK(found().empty());
  host.file("etc/dnsmasq.d/other", "dhcp-script=/bin/true\n");
  host.file("etc/dnsmasq.d/read.conf", "dhcp-script=" + host.context().helper + '\n');
  CHECK(found().empty());
  const std::string file = host.file("etc/dnsmasq.d/unread", "dhcp-script=" + host.context().helper + '\n');
  CHECK(found() == "/etc/dnsmasq.d/unread");
  const auto options = options_in_files(host.context());
  CHECK(reading_script_file(host.context(), options, file) == "mv " + file + ' ' + file + ".conf");
  host.file("etc/dnsmasq.d/unread.conf", "");
  CHECK(reading_script_file(host.context(), options, file).starts_with("printf "));
}

TEST_CASE("what the system's service reads depends on the system") {
  const CheckFixture host;
  const std::string directory = host.context().dnsmasq_directory;
  using Words = std::vector<std::string>;
  CHECK(arguments_of_service(host.context()) == Words{"-7", directory + ",.dpkg-dist,.dpkg-old,.dpkg-new"});
  host.file("etc/dnsmasq.conf", "");
  CHECK(arguments_of_service(host.context()).empty());
  host.file("etc/default/dnsmasq", "ENABLED=1\n");
  CHECK(arguments_of_service(host.context()).empty());
  host.file("etc/default/dnsmasq", "CONFIG_DIR=/etc/a,*.conf\n");
  CHECK(arguments_of_service(host.context()) == Words{"-7", "/etc/a,*.conf"});
}

TEST_SUITE_END();

}  // namespace leases::cli::test
