#include <algorithm>

#include "store/transaction.h"
#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

namespace {

/// A zone with "SERIAL" in place of the serial number.
std::string zone(Inventory inventory, const std::vector<std::string>& arguments) {
  constexpr std::uint64_t kTime = 1'700'000'000;
  inventory.time = {kTime};
  std::vector<std::string> words{"zone"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Exported exported_zone = exported(zone_format, inventory, words);
  CHECK(exported_zone.code == kFound);
  std::string& text = exported_zone.text;
  const std::string before_serial = "IN SOA localhost. root.localhost. ";
  const std::size_t begin = text.find(before_serial) + before_serial.size();
  const std::size_t end = text.find(' ', begin);
  const std::uint64_t serial = std::stoull(text.substr(begin, end - begin));
  CHECK(serial == kTime);
  return text.replace(begin, end - begin, "SERIAL");
}

const std::string kHead =
    ".\n$TTL 60\n"
    "@ IN SOA localhost. root.localhost. SERIAL 3600 600 86400 60\n"
    "@ IN NS localhost.\n";

}  // namespace

TEST_SUITE_BEGIN("zone");

TEST_CASE("a zone has the hosts that are found in its domain, with their guests' names") {
  CHECK(zone(two_hosts(), {"--origin", "lab.example"}) ==
        "$ORIGIN lab.example" + kHead +
            "web IN A 10.0.0.1\nweb IN AAAA fd00::1\nvm1 IN A 10.0.0.1\nvm1 IN AAAA fd00::1\n");
}

TEST_CASE("a network or a guest's domain may be the zone, in either case and with the root's dot") {
  CHECK(zone(two_hosts(), {"--origin", "BR0."}) == "$ORIGIN BR0" + kHead + "six-1 IN AAAA fd00::6\n");
  CHECK(zone(two_hosts(), {"--origin", "corp"}).find("web IN A 10.0.0.1\n") != std::string::npos);
}

TEST_CASE("a zone that no host could be in is a mistake, and nothing is written") {
  Inventory inventory = two_hosts();
  inventory.domains = {"lab.example", "was.example"};
  const Exported unknown = exported(zone_format, inventory, {"zone", "--origin", "lab.exmaple"});
  CHECK(unknown.code == kNotFound);
  CHECK(unknown.text.empty());
  CHECK(unknown.errors ==
        "nss-leases: no lease has the domain 'lab.exmaple', and no network that name; there are: lab.example "
        "was.example\n");
  CHECK(zone(inventory, {"--origin", "Was.example"}) == "$ORIGIN Was.example" + kHead);
  inventory.networks.emplace_back().network = "empty";
  CHECK(zone(inventory, {"--origin", "empty"}) == "$ORIGIN empty" + kHead);
  NetworkSummary& shared = inventory.networks.emplace_back();
  shared.network = "hv2:lab";
  shared.host = "hv2";
  CHECK(zone(inventory, {"--origin", "hv2"}) == "$ORIGIN hv2" + kHead);
  CHECK(exported(zone_format, inventory, {"zone", "--origin", "dmz"})
            .errors.ends_with("there are: empty hv2 lab.example was.example\n"));
}

TEST_CASE("without any host nobody knows what is a mistake") {
  CHECK(zone(Inventory{}, {"--origin", "lab.example"}) == "$ORIGIN lab.example" + kHead);
}

TEST_CASE("a reverse zone has a pointer for each address in it") {
  CHECK(zone(two_hosts(), {"--origin", "0.0.10.in-addr.arpa"}) ==
        "$ORIGIN 0.0.10.in-addr.arpa" + kHead + "1.0.0.10.in-addr.arpa. IN PTR web.lab.example.\n");
  CHECK(zone(two_hosts(), {"--origin", "1.0.10.in-addr.arpa"}) == "$ORIGIN 1.0.10.in-addr.arpa" + kHead);
}

TEST_CASE("a reverse zone of IPv6 has nibbles; without a domain, a host's name is below its network") {
  CHECK(zone(two_hosts(), {"--origin", "d.f.ip6.arpa"}) ==
        "$ORIGIN d.f.ip6.arpa" + kHead +
            "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa. IN PTR six-1.br0.\n"
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa. IN PTR "
            "web.lab.example.\n");
}

TEST_CASE("--ttl is that of the records, and of a name that does not exist") {
  const std::string text = zone(two_hosts(), {"--origin", "br0", "--ttl", "5"});
  CHECK(text.find("$TTL 5\n") != std::string::npos);
  CHECK(text.find("3600 600 86400 5\n") != std::string::npos);
}

TEST_CASE("a name that name servers refuse is left out with a word") {
  for (const std::string name : {"a_b", "a-"}) {
    CAPTURE(name);
    Inventory inventory = two_hosts();
    inventory.hosts[0].name = name;
    for (const std::string origin : {"br0", "ip6.arpa"}) {
      CAPTURE(origin);
      const Exported without = exported(zone_format, inventory, {"zone", "--origin", origin});
      CHECK(without.text.find(name + " IN") == std::string::npos);
      CHECK(without.text.find(name + ".br0") == std::string::npos);
      CHECK(without.errors ==
            "nss-leases: the host '" + name + ".br0' is not a host name in the DNS; it is left out\n");
    }
  }
}

TEST_CASE("a zone needs a domain") {
  CHECK(exported(zone_format, {}, {"zone"}).code == kUsage);
  const Exported wrong = exported(zone_format, {}, {"zone", "--origin", "a b"});
  CHECK(wrong.code == kUsage);
  CHECK(wrong.errors.find("--origin: 'a b' is not a domain name\n") != std::string::npos);
  CHECK(exported(zone_format, {}, {"zone", "--origin", "a", "--ttl", "-1"}).code == kUsage);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
