/// Which names find which leases.

#include <doctest/doctest.h>

#include <string>

#include "tests/support/children.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"

using namespace leases::test;

TEST_CASE("A name is answered with the addresses of the family that is asked for") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}, {"Alpha", "fd00:77::196"}, {"beta", "10.77.1.197"}};

  CHECK(by_name("alpha").addresses == "fd00:77::196 10.77.1.196");
  CHECK(by_name("alpha", AF_INET).addresses == "10.77.1.196");
  CHECK(by_name("alpha", AF_INET).family == AF_INET);
  CHECK(by_name("alpha", AF_INET6).addresses == "fd00:77::196");
  CHECK(by_name("alpha", AF_INET6).family == AF_INET6);
  CHECK(by_name("beta").addresses == "10.77.1.197");
}

TEST_CASE("No family means IPv4 to the entry points that have one") {
  const InstalledStore store{{"alpha", "10.77.1.196"}, {"alpha", "fd00:77::196"}};
  CHECK(by_name("alpha", AF_UNSPEC).addresses == "10.77.1.196");
  CHECK(by_name("alpha", AF_UNSPEC).family == AF_INET);
}

TEST_CASE("A name without an address of the family is known, but has none") {
  const InstalledStore store{{"v4only", "10.77.1.1"}, {"v6only", "fd00:77::1"}};
  CHECK(by_name("v4only", AF_INET6).no_address());
  CHECK(by_name("v6only", AF_INET).no_address());
  CHECK(by_name("v6only", AF_UNSPEC).no_address());
  CHECK(by_name("neither", AF_INET).unknown());
}

TEST_CASE("Case does not matter, and the answer is in lower case, as in DNS") {
  const InstalledStore store{{"Build-Host_07", "10.77.1.7", "Lab.Example"}};
  for (const std::string name : {"build-host_07", "BUILD-HOST_07", "Build-Host_07", "bUiLd-hOsT_07"}) {
    CAPTURE(name);
    CHECK(by_name(name).name == "build-host_07.lab.example");
    CHECK(by_name(name, AF_INET).name == "build-host_07.lab.example");
    CHECK(by_name(name, AF_INET).aliases == "build-host_07");
  }
  CHECK(by_name("build-host_07.LAB.EXAMPLE").name == "build-host_07.lab.example");
  CHECK(by_name("BUILD-HOST_07.lab.example", AF_INET).name == "build-host_07.lab.example");
}

TEST_CASE("Case is ASCII's: a byte beyond it is never folded") {
  const InstalledStore store{{"kiln", "10.77.1.7"}};
  CHECK(by_name("KILN").found());
  CHECK(by_name("\u212ailn").unknown());
  CHECK(by_name("k\u0130ln").unknown());
  CHECK(by_name("[iln").unknown());
  CHECK(by_name("\x0biln").unknown());
}

TEST_CASE("In a network of short names the canonical name has the domain only if that was asked for") {
  const InstalledStore store{{"alpha", "10.77.1.1", "lab", "br0", kFarFuture, false, "", true},
                             {"twin", "10.77.1.2", "lab", "br0", kFarFuture, false, "", true},
                             {"twin", "10.77.1.3", "lab", "br0", kFarFuture, false, "", true}};
  for (const std::string name : {"alpha", "twin"}) {
    CAPTURE(name);
    CHECK(by_name(name).name == name);
    CHECK(by_name(name, AF_INET).name == name);
    CHECK(by_name(name, AF_INET).aliases == "");
    CHECK(by_name(name + ".lab").name == name + ".lab");
    CHECK(by_name(name + ".br0", AF_INET).name == name + ".br0");
  }
  CHECK(by_address("10.77.1.1").name == "alpha");
  CHECK(by_address("10.77.1.1").aliases == "alpha.lab");
}

TEST_CASE("One dot at the end is accepted") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}};
  CHECK(by_name("alpha.").name == "alpha.lab");
  CHECK(by_name("alpha.lab.").name == "alpha.lab");
  CHECK(by_name("alpha.lab.", AF_INET).name == "alpha.lab");
  CHECK(by_name("alpha..").unknown());
  CHECK(by_name("alpha.lab..").unknown());
}

TEST_CASE("A name is qualified by the lease's domain or by its network, and by nothing else") {
  const InstalledStore store{{"alpha", "10.77.1.1", "lab.example", "br0"}, {"bare", "10.77.1.2", "", "br0"}};
  CHECK(by_name("alpha").found());
  CHECK(by_name("alpha.lab.example").name == "alpha.lab.example");
  CHECK(by_name("alpha.br0").name == "alpha.lab.example");
  CHECK(by_name("alpha.BR0", AF_INET).name == "alpha.lab.example");
  CHECK(by_name("bare.br0").name == "bare.br0");
  for (const std::string name : {"alpha.lab", "alpha.example", "alpha.lab.exampl", "alpha.lab.example.org",
                                 "alpha.br", "alpha.br1", "alpha.br0.lab.example", "alpha.lab.example.br0",
                                 "bare.lab.example", "lab.example", "br0", "x.alpha"}) {
    CAPTURE(name);
    CHECK(by_name(name).unknown());
    CHECK(by_name(name, AF_INET).unknown());
  }
}

TEST_CASE(
    "The same name in two networks: both are given, most recent first, and the network tells them apart") {
  const InstalledStore store{{"Twin", "10.77.1.1", "lab", "br0"}, {"tWIN", "10.77.2.1", "other", "br1"}};
  CHECK(by_name("twin").addresses == "10.77.2.1 10.77.1.1");
  CHECK(by_name("twin").name == "twin.other");
  CHECK(by_name("twin.br0").addresses == "10.77.1.1");
  CHECK(by_name("twin.lab").name == "twin.lab");
  CHECK(by_name("twin.br1").addresses == "10.77.2.1");
  CHECK(by_name("twin.other", AF_INET).addresses == "10.77.2.1");

  store.lease({{"Twin", "10.77.1.1", "lab", "br0", kFarFuture + 1}});
  CHECK(by_name("twin").addresses == "10.77.1.1 10.77.2.1");
}

TEST_CASE("Forty addresses of one name are all given, most recent first") {
  std::vector<Host> hosts;
  std::string expected;
  for (int i = 1; i <= 40; ++i) {
    hosts.push_back({"many", "10.77.3." + std::to_string(i)});
    expected = "10.77.3." + std::to_string(i) + (expected.empty() ? "" : " ") + expected;
  }
  const InstalledStore store;
  store.lease(hosts);
  CHECK(by_name("many").addresses == expected);
  CHECK(by_name("many", AF_INET).addresses == expected);
  store.replace_index();
  CHECK(by_name("many").addresses == expected);
}

TEST_CASE("Of very many addresses of one name the 1024 most recent are given") {
  std::vector<Host> hosts;
  std::string expected;
  for (int i = 0; i < 1100; ++i) {
    hosts.push_back({"crowd", "10.78." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1)});
    if (i < 1024) expected += (i == 0 ? "" : " ") + hosts.back().address;
  }
  const InstalledStore store;
  store.replace_index(hosts);
  CHECK(by_name("crowd").addresses == expected);
  CHECK(by_name("crowd", AF_INET).addresses == expected);
}

TEST_CASE("Anything may be asked; what no lease can be called is unknown") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  const std::string long_label(63, 'l');
  for (const std::string& name : {std::string(),
                                  std::string("."),
                                  std::string(".."),
                                  std::string(".alpha"),
                                  std::string("alpha..lab"),
                                  std::string("-alpha"),
                                  std::string("_alpha"),
                                  std::string("alpha lab"),
                                  std::string("alpha\n"),
                                  std::string("\xff\xfe"),
                                  std::string("\u00e4lpha"),
                                  std::string("10.77.1.1"),
                                  std::string("::1"),
                                  std::string("%s%n"),
                                  std::string("../alpha"),
                                  long_label,
                                  long_label + 'l',
                                  std::string(253, 'a'),
                                  std::string(254, 'a'),
                                  std::string(255, '.'),
                                  "alpha." + std::string(254, 'a'),
                                  std::string(16 << 20, 'a'),
                                  "alpha." + std::string(16 << 20, '.')}) {
    CAPTURE(name.substr(0, 300));
    CHECK(by_name(name).unknown());
    CHECK(by_name(name, AF_INET).unknown());
    CHECK(by_name(name, AF_INET6).unknown());
  }
}

TEST_CASE("Names as long as DNS has them are found") {
  const std::string label(63, 'l');
  const std::string domain = std::string(63, 'd') + '.' + std::string(63, 'e') + '.' + std::string(61, 'f');
  const InstalledStore store{{label, "10.77.1.1", domain}};
  const std::string name = label + '.' + domain;
  REQUIRE(name.size() == 253);
  CHECK(by_name(label).name == name);
  CHECK(by_name(name).name == name);
  CHECK(by_name(name + '.').name == name);
  CHECK(by_name(name + "..").unknown());
  CHECK(by_name(name + 'x').unknown());
}

TEST_CASE("A name that the policy refused and a lease without a name are never answered") {
  const InstalledStore store;
  store.lease({{"wpad", "10.77.1.1", "lab", "br0", kFarFuture, true}, {"", "10.77.1.2"}});
  CHECK(by_name("wpad").unknown());
  CHECK(by_name("wpad.lab").unknown());
  CHECK(by_name("").unknown());
  CHECK(by_address("10.77.1.1").unknown());
  CHECK(by_address("10.77.1.2").unknown());
}

TEST_CASE("A name that moves to another client is gone from the one that had it") {
  const InstalledStore store{{"wanderer", "10.77.1.1"}};
  store.lease({{"", "10.77.1.1"}, {"wanderer", "10.77.1.2"}});
  CHECK(by_name("wanderer").addresses == "10.77.1.2");
  CHECK(by_address("10.77.1.1").unknown());
  store.end("10.77.1.2");
  CHECK(by_name("wanderer").unknown());
}

TEST_CASE("What the helper records for dnsmasq is answered") {
  const InstalledStore store;
  const Finished added =
      run({"env", "DNSMASQ_INTERFACE=br0", "DNSMASQ_LEASE_EXPIRES=1995412919", "DNSMASQ_DOMAIN=lab",
           NSS_LEASES_HELPER, "add", "02:00:00:00:00:01", "10.77.1.196", "Alpha"});
  CHECK(added.output == "");
  REQUIRE(added.status == 0);
  CHECK(by_name("alpha.lab").addresses == "10.77.1.196");
  CHECK(by_name("alpha.br0").name == "alpha.lab");
  CHECK(by_address("10.77.1.196").name == "alpha.lab");

  REQUIRE(run({"env", "DNSMASQ_INTERFACE=br0", NSS_LEASES_HELPER, "del", "02:00:00:00:00:01", "10.77.1.196",
               "Alpha"})
              .status == 0);
  CHECK(by_name("alpha.lab").unknown());
}
