#include <filesystem>

#include "tests/unit/cli/check_fixture.h"
#include "util/regular_file.h"

namespace leases::cli::test {

namespace {

std::string check_line(std::string_view text) {
  const CheckFixture host;
  leases::test::write_file(host.context().nsswitch, text);
  return host.report(check_nsswitch);
}

/// A problem of the line hosts, which is the first of the file.
std::string problem(const std::string& line, const std::string& text, const std::string& fixed) {
  return "problem  nsswitch       /etc/nsswitch.conf, '" + line + "': " + text +
         "; to fix it: sed -i --follow-symlinks -E '1s/^[[:space:]]*hosts[^#]*/" + fixed +
         "/' /etc/nsswitch.conf\n";
}

/// A file before and after the commands of the findings; the same if nothing is wrong with it.
struct Fix {
  std::string_view before;
  std::string_view after;
};

constexpr std::string_view kFedora =
    "hosts:      files leases myhostname mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n";

/// As distributions have them and administrators change them.
constexpr Fix kFixes[] = {
    // Debian, without and with Avahi
    {"hosts:          files dns\n", "hosts: files leases dns\n"},
    {"hosts:          files mdns4_minimal [NOTFOUND=return] dns\n",
     "hosts: files leases mdns4_minimal [NOTFOUND=return] dns\n"},
    {"hosts:\t\tfiles mdns4_minimal [NOTFOUND=return] dns myhostname mymachines\n",
     "hosts: files leases mdns4_minimal [NOTFOUND=return] dns myhostname mymachines\n"},
    // systemd's own advice (nss-resolve(8)), Arch
    {"hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n",
     "hosts: mymachines leases resolve [!UNAVAIL=return] files myhostname dns\n"},
    {"hosts: leases mymachines resolve [!UNAVAIL=return] files myhostname dns\n", {}},
    {"hosts: mymachines leases resolve [!UNAVAIL=return] files myhostname dns\n", {}},
    // Ubuntu
    {"hosts: files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n",
     "hosts: files leases mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n"},
    // Fedora, with libvirt's modules, too
    {"hosts:      files myhostname mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n",
     "hosts: files leases myhostname mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n"},
    {kFedora, {}},
    {"hosts: files libvirt libvirt_guest myhostname resolve [!UNAVAIL=return] dns\n",
     "hosts: files leases libvirt libvirt_guest myhostname resolve [!UNAVAIL=return] dns\n"},
    {"hosts: libvirt libvirt_guest files dns\n", "hosts: libvirt libvirt_guest files leases dns\n"},
    // openSUSE
    {"hosts:          files mdns_minimal [NOTFOUND=return] dns\n",
     "hosts: files leases mdns_minimal [NOTFOUND=return] dns\n"},
    // Alpine and the like
    {"hosts: files\n", "hosts: files leases\n"},
    {"hosts: dns files\n", "hosts: leases dns files\n"},
    {"hosts: dns\n", "hosts: leases dns\n"},
    // in offices
    {"hosts: files dns wins\n", "hosts: files leases dns wins\n"},
    {"hosts: files mdns4 wins winbind dns\n", "hosts: files leases mdns4 wins winbind dns\n"},
    {"hosts: files nis [NOTFOUND=return] dns\n", "hosts: files leases nis [NOTFOUND=return] dns\n"},
    {"hosts: files sss dns\n", "hosts: files leases sss dns\n"},
    {"hosts: sss files dns leases\n", "hosts: sss files leases dns\n"},
    // ends the search early
    {"hosts: files [NOTFOUND=return] dns\n", "hosts: files leases [NOTFOUND=return] dns\n"},
    {"hosts: files dns [NOTFOUND=return] leases\n", "hosts: files leases dns [NOTFOUND=return]\n"},
    {"hosts: mymachines [NOTFOUND=return] files dns\n",
     "hosts: leases mymachines [NOTFOUND=return] files dns\n"},
    {"hosts: files [SUCCESS=continue] dns\n", "hosts: files [SUCCESS=continue] leases dns\n"},
    // right as they are
    {"hosts: files leases dns\n", {}},
    {"hosts: files leases [!UNAVAIL=return] dns\n", {}},
    {"hosts: files mdns4_minimal [NOTFOUND=return] leases\n", {}},
    {"hosts: files myhostname [SUCCESS=return NOTFOUND=continue] leases\n", {}},
    {"hosts: files dns # leases in front\n", "hosts: files leases dns # leases in front\n"},
    {"hosts: files leases dns # lease names before DNS\n", {}},
    // comments stay
    {"hosts: files dns # it's Bob's; $(reboot)\n", "hosts: files leases dns # it's Bob's; $(reboot)\n"},
    {"# hosts: files leases\nhosts: files dns\n# The end\n",
     "# hosts: files leases\nhosts: files leases dns\n# The end\n"},
    {"hosts: files dns#note\n", "hosts: files leases dns #note\n"},
    {"hosts: files leases dns#note\n", "hosts: files leases dns #note\n"},
    {"hosts: files leases#DNS is last\n", "hosts: files leases #DNS is last\n"},
    {"hosts: files dns [NOTFOUND=return]#note\n", "hosts: files leases dns [NOTFOUND=return] #note\n"},
    // two lines, none, one that does not end
    {"hosts: files leases dns\nhosts: files dns\n", "hosts: files leases dns\nhosts: files leases dns\n"},
    {"hosts: dns\nhosts: files leases dns\n", {}},
    {"passwd: files\n", "passwd: files\nhosts: files leases dns\n"},
    {"passwd: files", "passwd: files\nhosts: files leases dns\n"},
    {"", "hosts: files leases dns\n"},
    {"passwd: files\nhosts: files dns", "passwd: files\nhosts: files leases dns\n"},
    {"hosts:\n", "hosts: files leases dns\n"},
    // slips
    {"hosts: files lease dns\n", "hosts: files leases dns\n"},
    {"hosts: files laeses dns\n", "hosts: files leases dns\n"},
    {"hosts: Files Leases dns\n", "hosts: files leases dns\n"},
    {"hosts: FILES DNS\n", "hosts: files leases dns\n"},
    {"hosts: files dns lease\n", "hosts: files leases dns\n"},
    {"hosts: files leases lease dns\n", {}},
    {"Hosts: files mymachines dns\n", "hosts: files leases mymachines dns\n"},
    {"HOSTS: files leases dns\n", "hosts: files leases dns\n"},
    {"host: files dns\n", "hosts: files leases dns\n"},
    {"hosts files dns\n", "hosts: files leases dns\n"},
    // brackets that glibc cannot parse
    {"hosts: files mdns4_minimal [NOTFUND=return] resolve [!UNAVAIL=return] dns\n",
     "hosts: files leases mdns4_minimal resolve [!UNAVAIL=return] dns\n"},
    {"hosts: files leases # [sic]\n", "hosts: files leases\n"},
    {"group: files [SUCCESS=merge] db [x systemd\npasswd: files [a/b&c] db [d]\nhosts: files dns\n",
     "group: files [SUCCESS=merge] db \npasswd: files  db \nhosts: files leases dns\n"},
};

}  // namespace

TEST_SUITE_BEGIN("nsswitch");

TEST_CASE("the commands that are printed make a line right, and change nothing else") {
  for (const Fix& fix : kFixes) {
    CAPTURE(fix.before);
    const CheckFixture host;
    leases::test::write_file(host.context().nsswitch, fix.before);
    const auto findings = check_nsswitch(host.context());
    CHECK(all_well(findings) == fix.after.empty());
    CheckFixture::obey(findings);
    CHECK(host.report(check_nsswitch).starts_with("ok "));
    CHECK(read_regular_file(host.context().nsswitch).text == (fix.after.empty() ? fix.before : fix.after));
  }
}

TEST_CASE("a link stays a link, and authselect has to be told as well") {
  const CheckFixture host;
  std::filesystem::remove(host.context().nsswitch);
  const std::string file = host.file("etc/authselect/nsswitch.conf", "hosts: files dns\n");
  std::filesystem::create_symlink("authselect/nsswitch.conf", host.context().nsswitch);
  const auto findings = check_nsswitch(host.context());
  CHECK(host.report(findings).find("authselect create-profile") != std::string::npos);
  CheckFixture::obey(findings);
  CHECK(std::filesystem::is_symlink(host.context().nsswitch));
  CHECK(read_regular_file(file).text == "hosts: files leases dns\n");
  CHECK(host.report(check_nsswitch) == "ok       nsswitch       hosts: files leases dns\n");
}

TEST_CASE("what others cannot read keeps them from the module") {
  const CheckFixture host;
  ::chmod(host.context().nsswitch.c_str(), 0600);
  const auto findings = check_nsswitch(host.context());
  CHECK(host.report(findings) ==
        "problem  nsswitch       /etc/nsswitch.conf is not readable by everybody, so others find nothing by "
        "it; to fix it: chmod a+r /etc/nsswitch.conf\n");
  CheckFixture::obey(findings);
  CHECK(all_well(check_nsswitch(host.context())));
}

TEST_CASE("what others can write is a problem") {
  const CheckFixture host;
  ::chmod(host.context().nsswitch.c_str(), 0666);
  const auto findings = check_nsswitch(host.context());
  CHECK(host.report(findings) ==
        "problem  nsswitch       /etc/nsswitch.conf can be written by group or others, so other users than "
        "its own decide about names; to fix it: chmod go-w /etc/nsswitch.conf\n");
  CheckFixture::obey(findings);
  CHECK(all_well(check_nsswitch(host.context())));
}

TEST_CASE("a service that glibc does not know by this name is a problem") {
  CHECK(check_line("hosts: files lease dns\n") ==
        problem("hosts: files lease dns", "glibc does not know 'lease'; it has to be 'leases'",
                "hosts: files leases dns"));
  CHECK(check_line("hosts: Files leases dns\n") ==
        problem("hosts: Files leases dns", "glibc does not know 'Files'; it has to be 'files'",
                "hosts: files leases dns"));
  CHECK(check_line("Hosts: files leases\n")
            .starts_with("problem  nsswitch       /etc/nsswitch.conf, line 1: glibc does not know it by this "
                         "name, which has to be 'hosts'; "));
}

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
      "default; to fix it: printf '%s\\n' 'hosts: files leases dns' >> /etc/nsswitch.conf\n";
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
              "hosts: files leases [notfound=return]"));
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

TEST_CASE("where the search may end before files, leases comes before that") {
  const std::string missing = "hosts: mymachines resolve [!UNAVAIL=return] files dns";
  const std::string fixed = "hosts: mymachines leases resolve [!UNAVAIL=return] files dns";
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
        "from the file; to fix it: sed -i --follow-symlinks -E '2s/\\[SUCCESS//' /etc/nsswitch.conf\n");
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
        "problem  nsswitch       /etc/nsswitch.conf is a directory, not a file; look at: ls -lL "
        "/etc/nsswitch.conf\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
