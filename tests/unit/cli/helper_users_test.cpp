#include "cli/checks/helper_users.h"

#include <filesystem>
#include <utility>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

/// A line for each user: its name, whether its dhcp-script is in a file, and its lease file. Then what could
/// not be judged.
std::string users_of(const CheckFixture& host) {
  Findings strangers("dnsmasq");
  Findings unread("dnsmasq");
  std::string text;
  for (const HelperUser& user : helper_users(host.context(), strangers, unread))
    text += user.name + (user.script_file.empty() ? ", its command line, " : ", a file, ") +
            (user.has_lease_file() ? user.lease_file : "no lease file") + '\n';
  return text + host.report(std::move(strangers).take()) + host.report(std::move(unread).take());
}

void run(const CheckFixture& host, std::vector<std::string> options) {
  options.insert(options.begin(), "dnsmasq");
  host.process(812, {"dnsmasq", std::move(options)});
}

}  // namespace

TEST_SUITE_BEGIN("helper_users");

TEST_CASE("without dnsmasq nothing runs the helper") {
  CHECK(users_of(CheckFixture()).empty());
}

TEST_CASE("the short options count, and what a directory of a file says") {
  const CheckFixture host;
  const std::string helper = host.context().helper;
  run(host, {"-C", "/dev/null", "-6", helper});
  CHECK(users_of(host) == "dnsmasq (process 812), its command line, /var/lib/misc/dnsmasq.leases\n");
  run(host, {"-9C", "/dev/null", "-6", helper});
  CHECK(users_of(host) == "dnsmasq (process 812), its command line, no lease file\n");
  host.file("etc/lan.d/script", "dhcp-script=" + helper + "\nleasefile-ro\n");
  run(host, {"-C", host.file("etc/lan.conf", "conf-dir=" + host.path_of("etc/lan.d") + "\n")});
  CHECK(users_of(host) == "dnsmasq (process 812), a file, no lease file\n");
  run(host, {"-C", "/dev/null", "-l", "/srv/leases", "--dhcp-script", helper});
  CHECK(users_of(host) == "dnsmasq (process 812), its command line, /srv/leases\n");
}

TEST_CASE("a script that runs the helper counts, another one does not") {
  const CheckFixture host;
  run(host,
      {"-C", "/dev/null", "-6", host.file("usr/bin/own", "exec " + host.context().helper + " \"$@\"\n")});
  CHECK(users_of(host) == "dnsmasq (process 812), its command line, /var/lib/misc/dnsmasq.leases\n");
  run(host, {"-C", "/dev/null", "-9", "-6", host.file("usr/bin/own", "exec true\n")});
  CHECK(users_of(host).empty());
  run(host, {"-C", "/dev/null", "-9", "-6", "/nonexistent"});
  CHECK(users_of(host).empty());
}

TEST_CASE("libvirt's dnsmasqs do not count, even with the helper in the place of libvirt's") {
  const CheckFixture host;
  std::filesystem::create_directories(host.path_of("usr/lib"));
  std::filesystem::create_symlink(host.context().helper, host.context().libvirt_helper);
  run(host, {"-C", "/dev/null", "--leasefile-ro", "--dhcp-script=" + host.context().libvirt_helper});
  CHECK(users_of(host).empty());
}

TEST_CASE("the files of a dnsmasq that is stopped count while the program is installed") {
  const CheckFixture host;
  host.file("etc/dnsmasq.d/nss-leases.conf", "dhcp-script=" + host.context().helper + "\nleasefile-ro\n");
  CHECK(users_of(host) == "dnsmasq (not running), a file, no lease file\n");
  run(host, {"-C", "/dev/null"});
  CHECK(users_of(host) == "dnsmasq (not running), a file, no lease file\n");
  // Started by hand: it does not read the directory.
  run(host, {});
  CHECK(users_of(host) == "dnsmasq (not running), a file, no lease file\n");
  run(host, {"-7", host.context().dnsmasq_directory});
  CHECK(users_of(host) == "dnsmasq (process 812), a file, no lease file\n");
  std::filesystem::remove_all(host.path_of("proc/812"));
  std::filesystem::remove(host.context().dnsmasq_program);
  CHECK(users_of(host).empty());
}

TEST_CASE("what cannot be judged is said") {
  const CheckFixture host;
  run(host, {"-C", "lan.conf"});
  CHECK(users_of(host) ==
        "unknown  dnsmasq        dnsmasq (process 812): lan.conf is relative to where dnsmasq was started, "
        "which is not known\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
