#include "cli/checks/nsswitch_file.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace leases::cli::test {

namespace {

/// The line hosts as it is understood, each service with the letters of the statuses that end the search:
/// Success, Notfound, Unavail, Tryagain.
std::string hosts_of(std::string_view text) {
  std::string result;
  for (const NssService& service : NsswitchFile::parse(text).hosts) {
    if (!result.empty()) result += ' ';
    result += service.name + '/';
    for (const std::size_t i : {0U, 1U, 2U, 3U}) {
      if (service.returns[i]) result += "snut"[i];
    }
  }
  return result;
}

}  // namespace

TEST_SUITE_BEGIN("nsswitch_file");

TEST_CASE("services are asked in their order, and success ends the search") {
  CHECK(hosts_of("hosts: files leases dns\n") == "files/s leases/s dns/s");
  CHECK(hosts_of("\thosts : files\tleases\n") == "files/s leases/s");
  CHECK(hosts_of("hosts files leases\n") == "files/s leases/s");
  CHECK(hosts_of("hosts:files[NOTFOUND=return]leases\n") == "files/sn leases/s");
}

TEST_CASE("criteria change what ends the search") {
  CHECK(hosts_of("hosts: files [NOTFOUND=return] dns\n") == "files/sn dns/s");
  CHECK(hosts_of("hosts: resolve [!UNAVAIL=return]\n") == "resolve/snt");
  CHECK(hosts_of("hosts: files [SUCCESS=continue TRYAGAIN=return]\n") == "files/t");
  CHECK(hosts_of("hosts: files [success=merge]\n") == "files/");
  CHECK(hosts_of("hosts: files [ notfound = Return  unavail=RETURN ]\n") == "files/snu");
  CHECK(hosts_of("hosts: files [!SUCCESS=return]\n") == "files/snut");
}

TEST_CASE("a service is written with its criteria as the file has them, in one line") {
  const auto file = NsswitchFile::parse("hosts: files [notfound =\tRETURN] dns\n");
  REQUIRE(file.hosts.size() == 2);
  CHECK(file.hosts[0].text() == "files [notfound = RETURN]");
  CHECK(file.hosts[0].returns_on(LookupStatus::notfound));
  CHECK_FALSE(file.hosts[0].returns_on(LookupStatus::unavail));
  CHECK(file.hosts[1].text() == "dns");
}

TEST_CASE("the last line hosts counts") {
  CHECK(hosts_of("hosts: dns\nhosts: files leases\n") == "files/s leases/s");
}

TEST_CASE("without a line hosts there is glibc's default") {
  for (const std::string_view text : {"", "passwd: files\n", "# hosts: leases\n", "Hosts: leases\n"}) {
    CAPTURE(text);
    const auto file = NsswitchFile::parse(text);
    CHECK_FALSE(file.has_hosts);
    CHECK(hosts_of(text) == "files/s dns/s");
  }
  CHECK(NsswitchFile::parse("hosts:\n").has_hosts);
  CHECK(NsswitchFile::parse("hosts:\n").hosts.empty());
}

TEST_CASE("a # after other words does not begin a comment") {
  CHECK(hosts_of("hosts: files # leases\n") == "files/s #/s leases/s");
}

TEST_CASE("a line hosts without a newline is ignored") {
  const auto file = NsswitchFile::parse("hosts: files\nhosts: leases");
  CHECK(file.hosts_unfinished);
  REQUIRE(file.hosts.size() == 1);
  CHECK(file.hosts[0].name == "files");
  CHECK_FALSE(NsswitchFile::parse("hosts: files\npasswd: files").hosts_unfinished);
}

TEST_CASE("the lines that glibc cannot parse are known, of any database, and what is wrong in them") {
  const auto bad = [](std::string_view text) {
    std::string result;
    for (const BadNsswitchLine& line : NsswitchFile::parse(text).bad_lines) {
      result += std::to_string(line.number);
      for (const std::string& brackets : line.brackets) result += ' ' + brackets;
      result += '\n';
    }
    return result;
  };
  CHECK(bad("hosts: files leases [NOWHERE=return]\n") == "1 [NOWHERE=return]\n");
  CHECK(bad("hosts: files\npasswd: files [SUCCESS\n") == "2 [SUCCESS\n");
  CHECK(bad("hosts: files [NOTFOUND=stop]\npasswd: [x\n") == "1 [NOTFOUND=stop]\n");
  CHECK(bad("hosts: files [] dns [a]\n") == "1 [] [a]\n");
  CHECK(bad("hosts: files [NOTFOUND return]\n") == "1 [NOTFOUND return]\n");
  CHECK(bad("hosts: files\nsudoers: files [what=ever\n").empty());
}

TEST_CASE("services after criteria that cannot be parsed are known") {
  CHECK(hosts_of("hosts: files [NOTFOUND=stop] dns [NOTFOUND=return]\n") == "files/s dns/sn");
}

TEST_CASE("a line that was meant as hosts is known") {
  const auto file = NsswitchFile::parse("passwd: files\nHosts: files mymachines\n");
  CHECK(file.misnamed_line == 2);
  REQUIRE(file.misnamed_hosts.size() == 2);
  CHECK(file.misnamed_hosts[1].name == "mymachines");
  CHECK(NsswitchFile::parse("hosts: files\n").misnamed_line == 0);
  CHECK(NsswitchFile::parse("passwd: files\nhosts: files\n").hosts_line == 2);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
