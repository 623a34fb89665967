#include <filesystem>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

std::string check_line(std::string_view text) {
  const CheckFixture host;
  leases::test::write_file(host.context().nsswitch, text);
  return host.report(check_nsswitch);
}

/// A problem of the line hosts.
std::string problem(const std::string& line, const std::string& text, const std::string& fixed) {
  return "problem  nsswitch       /etc/nsswitch.conf, '" + line + "': " + text +
         "; to fix it: sed -i -E 's/^[[:space:]]*hosts[[:space:]:].*/" + fixed + "/' /etc/nsswitch.conf\n";
}

}  // namespace

TEST_SUITE_BEGIN("nsswitch");

TEST_CASE("leases belongs after files and before what asks the network") {
  for (const std::string line : {"hosts: files leases dns", "hosts: files leases [!UNAVAIL=return] dns",
                                 "hosts: files mdns4_minimal [NOTFOUND=return] leases",
                                 "hosts: files myhostname [SUCCESS=return NOTFOUND=continue] leases"}) {
    CAPTURE(line);
    CHECK(check_line(line + '\n') == "ok       nsswitch       " + line + '\n');
  }
}

TEST_CASE("a line without leases gets it after files, or first") {
  CHECK(check_line("hosts: files dns\n") ==
        problem("hosts: files dns", "leases is missing", "hosts: files leases dns"));
  CHECK(check_line("hosts: resolve\n") ==
        problem("hosts: resolve", "leases is missing", "hosts: leases resolve"));
}

TEST_CASE("a file without the line gets one") {
  const std::string added =
      "problem  nsswitch       /etc/nsswitch.conf, 'hosts: files dns': the line is missing, and this is the "
      "default; to fix it: echo 'hosts: files leases dns' >> /etc/nsswitch.conf\n";
  CHECK(check_line("passwd: files\n") == added);
  const CheckFixture host;
  std::filesystem::remove(host.context().nsswitch);
  CHECK(host.report(check_nsswitch) == added);
}

TEST_CASE("a service before leases that ends the search is a problem") {
  CHECK(
      check_line("hosts: files [notfound=return] leases\n") ==
      problem("hosts: files [notfound=return] leases",
              "'files [notfound=return]' comes before leases and ends the search for every name that it does "
              "not know",
              "hosts: files leases"));
  CHECK(check_line("hosts: files dns [UNAVAIL=return] leases\n") ==
        problem("hosts: files dns [UNAVAIL=return] leases",
                "'dns [UNAVAIL=return]' comes before leases and ends the search when it cannot answer",
                "hosts: files leases dns [UNAVAIL=return]"));
}

TEST_CASE("a service before leases that asks the network is a problem") {
  CHECK(check_line("hosts: files dns leases\n") ==
        problem("hosts: files dns leases",
                "'dns' comes before leases, so every name waits for it, and its answer counts",
                "hosts: files leases dns"));
}

TEST_CASE("where files comes too late, the fixed line has both in time") {
  const std::string missing = "hosts: mymachines resolve [!UNAVAIL=return] files dns";
  const std::string fixed = "hosts: mymachines files leases resolve [!UNAVAIL=return] dns";
  CHECK(check_line(missing + '\n') == problem(missing, "leases is missing", fixed));
  CHECK(check_line(fixed + '\n') == "ok       nsswitch       " + fixed + '\n');
}

TEST_CASE("files after leases is a problem") {
  CHECK(check_line("hosts: leases files\n") ==
        problem("hosts: leases files",
                "'files' comes after leases, so a DHCP client can take a name that is in /etc/hosts",
                "hosts: files leases"));
}

TEST_CASE("a command takes only plain words from the file") {
  CHECK(check_line("hosts: files $(reboot) 'x\n") ==
        problem("hosts: files $(reboot) 'x", "leases is missing", "hosts: files leases"));
}

TEST_CASE("a line that glibc cannot parse is a problem of its own") {
  CHECK(check_line("hosts: files leases\npasswd: files [SUCCESS\n") ==
        "problem  nsswitch       /etc/nsswitch.conf, line 2: the brackets cannot be parsed, so glibc takes "
        "nothing "
        "from the file; to fix it: sed -i -E '2s/\\[[^]]*\\]?//g' /etc/nsswitch.conf\n");
}

TEST_CASE("a last line without its newline is a problem") {
  CHECK(check_line("hosts: files leases") ==
        "problem  nsswitch       /etc/nsswitch.conf: the line hosts has no newline at its end, so glibc "
        "ignores it; "
        "to fix it: echo >> /etc/nsswitch.conf\n");
}

TEST_CASE("what is not a file is a problem") {
  const CheckFixture host;
  std::filesystem::remove(host.context().nsswitch);
  std::filesystem::create_directory(host.context().nsswitch);
  CHECK(host.report(check_nsswitch) ==
        "problem  nsswitch       /etc/nsswitch.conf is a directory, not a file; to fix it: ls -lL "
        "/etc/nsswitch.conf\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
