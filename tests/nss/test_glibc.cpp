/// The answers that programs get from glibc.

#include <doctest/doctest.h>
#include <netdb.h>

#include "tests/support/files.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/sandbox.h"

using namespace leases::test;

TEST_CASE("getaddrinfo gives the addresses of the family that is asked for") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}, {"Alpha", "fd00:77::196"}};
  const std::string both = get_addr_info("alpha", AF_UNSPEC).addresses;
  CHECK((both == "10.77.1.196 fd00:77::196" || both == "fd00:77::196 10.77.1.196"));
  CHECK(get_addr_info("alpha", AF_INET).addresses == "10.77.1.196");
  CHECK(get_addr_info("alpha", AF_INET6).addresses == "fd00:77::196");
  CHECK(get_addr_info("alpha.lab.", AF_INET).addresses == "10.77.1.196");
}

TEST_CASE("getaddrinfo gives the full name as the canonical one, in lower case, whatever was asked for") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}, {"Alpha", "fd00:77::196"}};
  for (const int family : {AF_UNSPEC, AF_INET, AF_INET6}) {
    CAPTURE(family);
    for (const char* asked : {"aLPHA", "aLPHA.lab", "aLPHA.BR0"})
      CHECK(get_addr_info(asked, family, AI_CANONNAME).canonical == "alpha.lab");
  }
}

TEST_CASE("getaddrinfo gives IPv4 addresses as IPv6 ones to a program that wants them so") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  CHECK(get_addr_info("alpha", AF_INET6, AI_V4MAPPED).addresses == "::ffff:10.77.1.196");
}

TEST_CASE("getaddrinfo gives all of forty addresses, for which its first buffer is too small") {
  std::vector<Host> hosts;
  for (int i = 1; i <= 40; ++i) hosts.push_back({"many", "10.77.3." + std::to_string(i)});
  const InstalledStore store;
  store.replace_index(hosts);
  for (const int family : {AF_UNSPEC, AF_INET}) {
    CAPTURE(family);
    const AddrInfo answer = get_addr_info("many", family, AI_CANONNAME);
    CHECK(answer.canonical == "many.lab");
    for (const Host& host : hosts) {
      CAPTURE(host.address);
      CHECK((answer.addresses + ' ').find(host.address + ' ') != std::string::npos);
    }
  }
}

TEST_CASE("The error distinguishes a name without an address of the family from an unknown name") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  write_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files leases\n");
  CHECK(get_addr_info("alpha", AF_INET6).result == EAI_NODATA);
  CHECK(get_addr_info("nobody", AF_INET6).result == EAI_NONAME);
  CHECK(get_addr_info("nobody", AF_UNSPEC).result == EAI_NONAME);
  CHECK(get_addr_info("alpha", AF_INET).result == 0);
  write_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: leases files\n");
}

TEST_CASE("getnameinfo gives the name of an address, and of an IPv4 address that came as an IPv6 one") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}, {"Six", "fd00:77::196"}};
  CHECK(get_name_info("10.77.1.196") == "alpha.lab");
  CHECK(get_name_info("fd00:77::196") == "six.lab");
  CHECK(get_name_info("::ffff:10.77.1.196") == "alpha.lab");
  CHECK(get_name_info("10.77.1.1").empty());
}

TEST_CASE("gethostbyname and gethostbyname2 know the name") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}, {"Alpha", "fd00:77::196"}};
  const hostent* v4 = gethostbyname("alpha");
  REQUIRE(v4 != nullptr);
  CHECK(v4->h_name == std::string("alpha.lab"));
  CHECK(v4->h_addrtype == AF_INET);
  const hostent* v6 = gethostbyname2("alpha", AF_INET6);
  REQUIRE(v6 != nullptr);
  CHECK(v6->h_addrtype == AF_INET6);
}

TEST_CASE("gethostent goes through all leases and on to the next source") {
  const InstalledStore store{{"alpha", "10.77.1.1"}, {"beta", "10.77.1.2"}};
  std::string names;
  sethostent(0);
  while (const hostent* host = gethostent()) names += std::string(host->h_name) + ' ';
  endhostent();
  CHECK(names.find("alpha.lab ") != std::string::npos);
  CHECK(names.find("beta.lab ") != std::string::npos);
  CHECK(names.find(std::string(files_hosts::kName) + ' ') != std::string::npos);
}
