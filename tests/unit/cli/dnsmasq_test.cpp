#include <filesystem>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

const std::string kHelper = "/usr/libexec/leaseshelper";

/// A dnsmasq of the system, process 812, with these options in the file /etc/lan.conf.
void serve(const CheckFixture& host, const std::string& options, const FakeProcess& like = {}) {
  FakeProcess dnsmasq = like;
  dnsmasq.name = "dnsmasq";
  dnsmasq.arguments = {"dnsmasq", "--conf-file=" + host.file("etc/lan.conf", options)};
  host.process(812, dnsmasq);
}

/// The options of a dnsmasq that runs the helper as it should.
std::string good(const CheckFixture& host) {
  return "dhcp-range=10.0.0.1,10.0.0.9\ndhcp-script=" + host.context().helper + "\nscript-on-renewal\n";
}

const std::string kGood = "ok       dnsmasq        dnsmasq (process 812) runs " + kHelper + "\n";

}  // namespace

TEST_SUITE_BEGIN("dnsmasq");

TEST_CASE("a dnsmasq that runs the helper is well") {
  const CheckFixture host;
  serve(host, good(host));
  CHECK(host.report(check_dnsmasq) == kGood);
}

TEST_CASE("a dnsmasq that serves no DHCP does not matter") {
  const CheckFixture host;
  serve(host, good(host));
  host.process(900, {"dnsmasq", {"dnsmasq", "--conf-file=/dev/null", "--port=5353"}});
  CHECK(host.report(check_dnsmasq) == kGood);
}

TEST_CASE("a dnsmasq without a script is a problem; only a service has a command that restarts it") {
  const CheckFixture host;
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9");
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) has dhcp-range, but no dhcp-script=" + kHelper +
            ": nothing learns of its leases; restart process 812; to fix it: printf '%s\\n' '' "
            "dhcp-script=" +
            kHelper + " script-on-renewal >> /etc/lan.conf\n");
  std::filesystem::remove_all(host.path_of("proc/812"));
  FakeProcess service;
  service.service = "dnsmasq";
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\n", service);
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) has dhcp-range, but no dhcp-script=" + kHelper +
            ": nothing learns of its leases; to fix it: printf '%s\\n' dhcp-script=" + kHelper +
            " script-on-renewal >> /etc/lan.conf && systemctl restart dnsmasq\n");
}

TEST_CASE("options of a process that may not be dnsmasq never become a command") {
  const CheckFixture host;
  FakeProcess hidden;
  hidden.program = "";
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\n", hidden);
  CHECK(host.report(check_dnsmasq).find("to fix it") == std::string::npos);
}

TEST_CASE("a dnsmasq that does not run the helper on renewals is a problem") {
  const CheckFixture host;
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\ndhcp-script=" + host.context().helper + '\n');
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) does not run " + kHelper +
            " on renewals, so names expire while their leases go on; add the line script-on-renewal to "
            "/etc/lan.conf; restart process 812; to fix it: printf '%s\\n' script-on-renewal >> "
            "/etc/lan.conf\n");
}

TEST_CASE("options on a command line are changed there, by hand") {
  const CheckFixture host;
  host.process(812, {"dnsmasq",
                     {"dnsmasq", "--conf-file=/dev/null", "--dhcp-range=10.0.0.1,10.0.0.9",
                      "--dhcp-script=" + host.context().helper}});
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) does not run " + kHelper +
            " on renewals, so names expire while their leases go on; give it --script-on-renewal on its "
            "command line; restart process 812\n");
}

TEST_CASE("a dnsmasq that started before its file was changed is a problem") {
  const CheckFixture host;
  FakeProcess old;
  old.age = 60;
  serve(host, good(host), old);
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) was started before /etc/lan.conf, which has its "
        "dhcp-script, "
        "was changed; restart process 812\n");
}

TEST_CASE("the script's user has to own both directories") {
  const CheckFixture host;
  serve(host, good(host) + "dhcp-scriptuser=leaser\n");
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) runs the helper as leaser, who does not own /state; "
        "restart process 812; to fix it: "
        "chown -R leaser: /state /run && leasectl rebuild\n");
  serve(host, good(host) + "dhcp-scriptuser=nobody-knows\n", FakeProcess{});
  CHECK(host.report(check_dnsmasq) == kGood);
}

TEST_CASE("a script that does not exist is replaced") {
  const CheckFixture host;
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\ndhcp-script=/nowhere/script\n");
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) has the dhcp-script /nowhere/script, which does "
        "not exist; it should be " +
            kHelper +
            "; restart process 812; to fix it: sed -i --follow-symlinks -E "
            "'s|^[[:space:]]*dhcp-script[[:space:]]*=.*|dhcp-script=" +
            kHelper + "|' /etc/lan.conf\n");
}

TEST_CASE("an administrator's script may run the helper, and has to be executable") {
  const CheckFixture host;
  const std::string script = host.program("etc/script");
  host.file("etc/script", "#!/bin/sh\nexec " + host.context().helper + " \"$@\"\n");
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\nscript-on-renewal\ndhcp-script=" + script + '\n');
  CHECK(host.report(check_dnsmasq) ==
        "ok       dnsmasq        dnsmasq (process 812) runs /etc/script, which runs the helper\n");
  ::chmod(script.c_str(), 0644);
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        /etc/script is not executable; to fix it: chmod a+x /etc/script\n");
}

TEST_CASE("a script that is not known to run the helper is unknown, and can run it") {
  const CheckFixture host;
  const std::string script = host.program("etc/script");
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\ndhcp-script=" + script + '\n');
  CHECK(host.report(check_dnsmasq) ==
        "unknown  dnsmasq        dnsmasq (process 812) runs /etc/script: its leases have names here only "
        "if that runs " +
            kHelper + "\nproblem  dnsmasq        no dnsmasq runs the helper; /etc/script can run it: " +
            kHelper + " \"$@\"\n");
}

TEST_CASE("leases that are imported need no helper") {
  CheckFixture host;
  const std::string leases = host.file("var/dnsmasq.leases", "");
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\ndhcp-leasefile=" + leases + '\n');
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, leases, "lan"}};
  });
  CHECK(host.report(check_dnsmasq) ==
        "ok       dnsmasq        dnsmasq (process 812) does not run the helper, and its leases are "
        "imported from /var/dnsmasq.leases\n");
  std::filesystem::remove_all(host.path_of("proc/812"));
  CHECK(host.report(check_dnsmasq) ==
        "ok       dnsmasq        no dnsmasq runs the helper; leases of other programs are imported\n");
}

TEST_CASE("the configuration of Incus' dnsmasq is Incus', so its leases are imported") {
  CheckFixture host;
  host.context().configuration = host.path_of("etc/nss-leases.conf");
  std::filesystem::create_directories(host.context().systemd);
  host.file("etc/passwd", "root:x:0:0::/:\nincus:x:109:109::/:\n");
  host.process(812, {"dnsmasq",
                     {"dnsmasq", "--dhcp-range=10.0.0.1,10.0.0.9", "-C", host.file("dnsmasq.raw", ""),
                      "--dhcp-leasefile=/var/lib/incus/networks/incusbr0/dnsmasq.leases"},
                     1,
                     109});
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        dnsmasq (process 812) has no dhcp-script, and its lease file, "
        "/var/lib/incus/networks/incusbr0/dnsmasq.leases, is not imported; to fix it: printf '%s\\n' "
        "'[[source]]' 'kind = \"dnsmasq-leases\"' 'path = \"/var/lib/incus/networks/*/dnsmasq.leases\"' >> "
        "/etc/nss-leases.conf && leasectl --config /etc/nss-leases.conf import && systemctl enable --now "
        "leases-import.path\n");
}

TEST_CASE("libvirt's dnsmasq is imported from libvirt's directory") {
  CheckFixture host;
  host.file("usr/lib/libvirt_leaseshelper", "");
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\ndhcp-script=" + host.context().libvirt_helper + '\n');
  host.change_settings([&](Settings& settings) { settings.libvirt_directory = "/libvirt"; });
  CHECK(host.report(check_dnsmasq) ==
        "ok       dnsmasq        dnsmasq (process 812) does not run the helper, and its leases are "
        "imported from /libvirt\n");
}

TEST_CASE("a file that cannot be read may have what is missing") {
  const CheckFixture host;
  serve(host, "dhcp-range=10.0.0.1,10.0.0.9\nconf-file=" + host.path_of("etc") + '\n');
  const std::string report = host.report(check_dnsmasq);
  CHECK(report.starts_with("unknown  dnsmasq        dnsmasq (process 812): /etc "));
  CHECK(report.find("problem") == std::string::npos);
}

TEST_CASE("without a dnsmasq its files say what is wrong") {
  const CheckFixture host;
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        no dnsmasq runs the helper, and there is no dhcp-script=" + kHelper +
            " in /etc/dnsmasq.conf or /etc/dnsmasq.d; to fix it: printf '%s\\n' dhcp-script=" + kHelper +
            " script-on-renewal >> /etc/dnsmasq.d/nss-leases.conf && systemctl restart dnsmasq\n");
  host.file("etc/dnsmasq.d/nss-leases.conf",
            "dhcp-script=" + host.context().helper + "\nscript-on-renewal\n");
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        no dnsmasq serves DHCP, though /etc/dnsmasq.d/nss-leases.conf has the "
        "helper as dhcp-script; to fix it: systemctl restart dnsmasq\n");
}

TEST_CASE("a service that is not installed is not told to start") {
  const std::string none = "problem  dnsmasq        no dnsmasq runs the helper, and ";
  const std::string advice =
      ": install dnsmasq, or name other programs' lease files as sources; look at: man nss-leases.conf\n";
  const CheckFixture host;
  host.file("etc/dnsmasq.d/a", "dhcp-script=" + host.context().helper + '\n');
  std::filesystem::remove(host.context().dnsmasq_units.front());
  CHECK(host.report(check_dnsmasq) == none + "the system has no service of its name" + advice);
  std::filesystem::remove(host.context().dnsmasq_program);
  CHECK(host.report(check_dnsmasq) == none + "there is no /usr/sbin/dnsmasq" + advice);
}

TEST_CASE("where a source is meant to bring leases, no dnsmasq is blamed for its wrong path") {
  CheckFixture host;
  // The pattern may match something later, so it is the path that is blamed.
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, host.path_of("nowhere/*.leases"), ""},
                        {SourceKind::dnsmasq_leases, host.path_of("nowhere/lan.leases"), "lan"}};
  });
  const std::string blamed =
      "problem  dnsmasq        no dnsmasq runs the helper, and the source /nowhere/lan.leases in " +
      std::string(paths::kConfig) + " does not exist; look at: ${EDITOR:-vi} " + paths::kConfig + '\n';
  CHECK(host.report(check_dnsmasq) == blamed);
  std::filesystem::remove(host.context().dnsmasq_program);
  CHECK(host.report(check_dnsmasq) == blamed);
  host.program("usr/sbin/dnsmasq");
  host.file("etc/dnsmasq.d/a", good(host));
  CHECK(host.report(check_dnsmasq).find("no dnsmasq serves DHCP") != std::string::npos);
}

TEST_CASE("a pattern that matches nothing may match something later, as while a hotspot is off") {
  CheckFixture host;
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, host.path_of("nowhere/*.leases"), ""}};
  });
  CHECK(host.report(check_dnsmasq) ==
        "unknown  dnsmasq        no dnsmasq runs the helper, and the source /nowhere/*.leases in " +
            std::string(paths::kConfig) + " matches no file\n");
}

TEST_CASE("a MAC map that is missing is no reason for missing leases") {
  CheckFixture host;
  const std::string before = host.report(check_dnsmasq);
  REQUIRE(before.find("there is no dhcp-script=") != std::string::npos);
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::mac_map, host.path_of("nowhere/guests.macs"), ""}};
  });
  CHECK(host.report(check_dnsmasq) == before);
}

TEST_CASE("where a dnsmasq may be anybody's, it is not said that there is none") {
  const CheckFixture host;
  FakeProcess stranger;
  stranger.owner = 4242;
  serve(host, good(host), stranger);
  const std::string report = host.report(check_dnsmasq);
  CAPTURE(report);
  CHECK(report.starts_with("unknown  dnsmasq        process 812 is called dnsmasq, but is run by user 4242"));
  CHECK(report.find("problem  dnsmasq        no other dnsmasq runs the helper") != std::string::npos);
}

TEST_CASE("without systemd a service is restarted by its script") {
  CheckFixture host;
  host.file("etc/dnsmasq.d/nss-leases.conf",
            "dhcp-script=" + host.context().helper + "\nscript-on-renewal\n");
  host.context().dnsmasq_units.push_back(host.file("etc/init.d/dnsmasq", ""));
  CHECK(host.report(check_dnsmasq).ends_with("; to fix it: service dnsmasq restart\n"));
  std::filesystem::create_directories(host.context().systemd);
  CHECK(host.report(check_dnsmasq).ends_with("; to fix it: systemctl restart dnsmasq\n"));
}

TEST_CASE("leases that somebody else's dnsmasq reports are no problem") {
  const CheckFixture host({leases::test::lease_of("br0", "10.0.0.1", "a")});
  std::filesystem::remove(host.context().dnsmasq_program);
  CHECK(host.report(check_dnsmasq) ==
        "unknown  dnsmasq        no dnsmasq that is seen from here runs the helper, though it was told of 1 "
        "lease that goes on\n");
}

TEST_CASE("without a dnsmasq, renewals and the script in its files count as well") {
  const CheckFixture host;
  host.file("etc/dnsmasq.d/a", "dhcp-script=" + host.context().helper + '\n');
  CHECK(host.report(check_dnsmasq)
            .starts_with("problem  dnsmasq        dnsmasq would not run the helper on renewals, so "
                         "names would expire while their leases "
                         "go on; add the line script-on-renewal to /etc/dnsmasq.d/a; to fix it: printf "
                         "'%s\\n' script-on-renewal >> "
                         "/etc/dnsmasq.d/a\n"));
  host.file("etc/dnsmasq.d/a", "dhcp-script=/nowhere/script\n");
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        no dnsmasq runs the helper, and the dhcp-script in /etc/dnsmasq.d/a, "
        "/nowhere/script, does not exist; to fix it: sed -i --follow-symlinks -E "
        "'s|^[[:space:]]*dhcp-script[[:space:]]*=.*|dhcp-script=" +
            kHelper + "|' /etc/dnsmasq.d/a && systemctl restart dnsmasq\n");
  host.file("etc/dnsmasq.d/a", "dhcp-script=" + host.program("etc/script") + '\n');
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        no dnsmasq runs the helper, and the dhcp-script in /etc/dnsmasq.d/a is "
        "another one; /etc/script can run it: " +
            kHelper + " \"$@\"\n");
}

TEST_CASE("a user who does not see all processes cannot tell") {
  const CheckFixture host;
  std::filesystem::remove_all(host.path_of("proc/1"));
  CHECK(host.report(check_dnsmasq) ==
        "unknown  dnsmasq        no dnsmasq is visible, but this user cannot see all processes\n");
}

TEST_CASE("the helper and the importer have to be programs") {
  const CheckFixture host;
  serve(host, good(host));
  ::chmod(host.context().helper.c_str(), 0644);
  std::filesystem::remove(host.path_of("usr/libexec/leases-import"));
  CHECK(host.report(check_dnsmasq) ==
        "problem  dnsmasq        /usr/libexec/leaseshelper is not executable; to fix it: chmod a+x "
        "/usr/libexec/leaseshelper\n"
        "problem  dnsmasq        /usr/libexec/leases-import does not exist, or its directory is not readable "
        "by this "
        "user; to fix it: cmake --install /src/build\n");
  std::filesystem::create_directory(host.path_of("usr/libexec/leases-import"));
  CHECK(host.report(check_dnsmasq)
            .find("/usr/libexec/leases-import is a directory, not a program; to fix it: rm -r "
                  "/usr/libexec/leases-import && cmake --install /src/build\n") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
