#include "import/isc_dhcpd_leases.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/owned_lease.h"
#include "tests/unit/import/log_texts.h"

namespace leases::test {

namespace {

// 2026-11-26 11:00:00.
constexpr ChangeTime kDhcpdWrote{1'795'690'800'000'000'000};

constexpr std::string_view kHead =
    "# The format of this file is documented in the dhcpd.leases(5) manual page.\n"
    "# This lease file was written by isc-dhcp-4.4.3-P1\n\n"
    "# authoring-byte-order entry is generated, DO NOT DELETE\n"
    "authoring-byte-order little-endian;\n\n"
    "server-duid \"\\000\\001\\000\\0011\\233\";\n\n";

std::string declared(std::string_view address, std::string_view name, std::string_view state = "active",
                     std::string_view ends = "4 2026/11/26 12:00:00") {
  return "lease " + std::string(address) + " {\n  starts 4 2026/11/26 10:00:00;\n  ends " +
         std::string(ends) + ";\n  cltt 4 2026/11/26 10:00:00;\n  binding state " + std::string(state) +
         ";\n  next binding state free;\n  rewind binding state free;\n"
         "  hardware ethernet 52:54:00:12:34:56;\n  uid \"\\001RT\\000\\0224V\";\n  client-hostname \"" +
         std::string(name) + "\";\n}\n";
}

std::string declared_six(std::string_view address, std::string_view name, std::string_view state = "active") {
  return "ia-na \"M\\000\\000\\000\\000\\003\\000\\001RT\\000\\0224V\" {\n  cltt 4 2026/11/26 10:00:00;\n  "
         "iaaddr " +
         std::string(address) + " {\n    binding state " + std::string(state) +
         ";\n    preferred-life 375;\n    max-life 600;\n    ends 4 2026/11/26 12:00:00;\n    set "
         "ddns-fwd-name = \"" +
         std::string(name) + "\";\n  }\n}\n\n";
}

ParsedFile parse_dhcpd(std::string_view text, std::string_view domain = {}) {
  return parse_isc_dhcpd_leases({.text = text, .network = "lan", .domain = domain, .modified = kDhcpdWrote});
}

}  // namespace

TEST_SUITE_BEGIN("isc_dhcpd_leases");

TEST_CASE("a declaration says all of a DHCPv4 lease") {
  const ParsedFile file = parse_dhcpd(std::string(kHead) + declared("10.1.0.5", "Web"));
  CHECK(file.damage.empty());
  CHECK(file.problems.empty());
  REQUIRE(file.leases.size() == 1);
  const Lease& lease = file.leases.front();
  CHECK(lease.network == "lan");
  CHECK(lease.address == ip("10.1.0.5"));
  CHECK(lease.hardware == mac("52:54:00:12:34:56"));
  CHECK(std::vector(lease.client_id.begin(), lease.client_id.end()) ==
        std::vector<std::uint8_t>{1, 0x52, 0x54, 0, 0x12, 0x34, 0x56});
  CHECK(lease.hostname == "Web");
  CHECK(lease.domain.empty());
  CHECK(lease.expiry.seconds == 1'795'694'400);
  CHECK(lease.changed.nanoseconds / 1'000'000'000 == 1'795'687'200);
  CHECK(lease.server_duid.empty());
}

TEST_CASE("a declaration says all of a DHCPv6 lease") {
  const ParsedFile file = parse_dhcpd(std::string(kHead) + declared_six("fd00::5", "six.lab.example"));
  CHECK(file.problems.empty());
  REQUIRE(file.leases.size() == 1);
  const Lease& lease = file.leases.front();
  CHECK(lease.address == ip("fd00::5"));
  CHECK(lease.iaid == Iaid{0x4d, false});
  CHECK(lease.client_id.size() == 10);
  CHECK(lease.hostname == "six");
  CHECK(lease.domain == "lab.example");
  CHECK(lease.expiry.seconds == 1'795'694'400);
  CHECK(lease.changed.nanoseconds / 1'000'000'000 == 1'795'687'200);
  CHECK(lease.server_duid.size() == 6);
}

TEST_CASE("the name in DNS counts before the one that the client sent") {
  std::string text = declared("10.1.0.5", "laptop");
  text.insert(text.rfind('}'), "  set ddns-fwd-name = \"web.lab.example\";\n");
  const ParsedFile file = parse_dhcpd(text);
  REQUIRE(file.leases.size() == 1);
  CHECK(file.leases[0].hostname == "web");
  CHECK(file.leases[0].domain == "lab.example");
}

TEST_CASE("a client has no domain but the source's, whatever it is called in DNS") {
  std::string six = declared_six("fd00::5", "www.example.com");
  six.replace(six.find("ddns-fwd-name"), 13, "client-name");
  for (const std::string& text : {declared("10.1.0.5", "www.example.com"), six}) {
    CAPTURE(text);
    const ParsedFile foreign = parse_dhcpd(text, "lab.example");
    REQUIRE(foreign.leases.size() == 1);
    CHECK(foreign.leases[0].hostname == "www.example.com");
    CHECK(foreign.leases[0].name_refused);
    CHECK(foreign.leases[0].domain.empty());
    const ParsedFile own = parse_dhcpd(text, "Example.com");
    REQUIRE(own.leases.size() == 1);
    CHECK(own.leases[0].hostname == "www");
    CHECK_FALSE(own.leases[0].name_refused);
  }
}

TEST_CASE("the last declaration of an address counts") {
  CHECK(said(parse_dhcpd(declared("10.1.0.5", "old") + declared("10.1.0.6", "db") +
                         declared("10.1.0.5", "new"))) == Said{"10.1.0.5 new", "10.1.0.6 db"});
  for (const std::string_view state : {"free", "released", "expired", "abandoned", "backup", "reset"}) {
    CHECK(said(parse_dhcpd(declared("10.1.0.5", "web") + declared("10.1.0.5", "web", state))) ==
          Said{"-10.1.0.5"});
    CHECK(said(parse_dhcpd(declared_six("fd00::5", "web") + declared_six("fd00::5", "web", state))) ==
          Said{"-fd00::5"});
  }
  CHECK(said(parse_dhcpd(declared("10.1.0.5", "web", "active", "4 2026/11/26 10:30:00"))) ==
        Said{"-10.1.0.5"});
}

TEST_CASE("a time may be a number, or never come") {
  const ParsedFile file = parse_dhcpd(declared("10.1.0.5", "web", "active", "never") +
                                      declared("10.1.0.6", "db", "active", "epoch 1795694400; # Thu Nov 26"));
  CHECK(file.problems.empty());
  REQUIRE(file.leases.size() == 2);
  CHECK(file.leases[0].expiry.infinite());
  CHECK(file.leases[1].expiry.seconds == 1'795'694'400);
}

TEST_CASE("identifiers may be in hexadecimal digits") {
  const ParsedFile file = parse_dhcpd(
      "ia-ta 01:00:00:00:00:03:00:01:52:54 {\n  iaaddr fd00::5 {\n    binding state active;\n"
      "    ends 4 2026/11/26 12:00:00;\n    set client-name = \"six\";\n  }\n}\n");
  CHECK(file.problems.empty());
  REQUIRE(file.leases.size() == 1);
  CHECK(file.leases[0].iaid == Iaid{1, true});
  CHECK(file.leases[0].client_id.size() == 6);
  CHECK(file.leases[0].hostname == "six");
}

TEST_CASE("other declarations and what is in them do not count") {
  const ParsedFile file = parse_dhcpd(
      std::string(kHead) +
      "host web {\n  dynamic;\n  hardware ethernet 52:54:00:00:00:01;\n  fixed-address 10.1.0.9;\n}\n"
      "failover peer \"x\" state {\n  my state normal at 4 2026/11/26 10:00:00;\n}\n"
      "ia-pd \"M\\000\\000\\000\\003\" {\n  iaprefix fd00:1::/64 {\n    binding state active;\n  }\n}\n" +
      declared("10.1.0.5", "web"));
  CHECK(file.problems.empty());
  CHECK(said(file) == Said{"10.1.0.5 web"});
  std::string text = declared("10.1.0.5", "web");
  text.insert(text.rfind('}'),
              "  on expiry {\n    set ddns-fwd-name = \"other\";\n    binding state free;\n  }\n");
  CHECK(said(parse_dhcpd(text)) == Said{"10.1.0.5 web"});
}

TEST_CASE("no name ends its text or begins a statement") {
  const ParsedFile file =
      parse_dhcpd(declared("10.1.0.5", "a\\\"; } {\\\\") + declared("10.1.0.6", "\\n\\tx"));
  REQUIRE(file.leases.size() == 2);
  CHECK(file.leases[0].hostname.empty());  // it has a blank
  CHECK(file.leases[1].hostname.empty());
  CHECK(file.problems.size() == 2);
}

TEST_CASE("a declaration that cannot be read leaves its address as it was") {
  const std::string good = declared("10.1.0.5", "web");
  for (const std::string_view bad :
       {"lease 10.1.0.5 {\n  ends 4 2026/11/26 12:00:00;\n  client-hostname \"other\";\n}\n",
        "lease 10.1.0.5 {\n  binding state active;\n  client-hostname \"other\";\n}\n",
        "lease 10.1.0.5 {\n  ends 4 2026/13/26 12:00:00;\n  binding state active;\n}\n",
        "lease 10.1.0.5 {\n  ends 4 2026/11/26 25:00:00;\n  binding state active;\n}\n",
        "lease 10.1.0.500 {\n  ends 4 2026/11/26 12:00:00;\n  binding state active;\n}\n",
        "lease 10.1.0.5 {\n  ends 4 2026/11/26 12:00:00;\n  binding state active;\n  client-host",
        "lease 10.1.0.5 \"\n"}) {
    CAPTURE(bad);
    const ParsedFile file =
        parse_dhcpd(good + std::string(bad) + (bad.ends_with('\n') ? "" : "\n") + declared("10.1.0.6", "db"));
    CHECK(said(file) == Said{"10.1.0.5 web", "10.1.0.6 db"});
    CHECK(file.damage.empty());
    CHECK(file.problems.size() == 1);
  }
}

TEST_CASE("a value that cannot be read costs the lease just that") {
  const auto with = [](std::string_view line) {
    std::string text = declared("10.1.0.5", "web");
    return text.insert(text.rfind('}'), line);
  };
  for (const std::string_view line :
       {"  hardware ethernet 52:xx;\n", "  uid 1:2:333;\n", "  client-hostname \"a b\";\n",
        "  client-hostname \"oth\n", "  hardware carrier-pigeon 1:2;\n"}) {
    CAPTURE(line);
    const ParsedFile file = parse_dhcpd(with(line));
    REQUIRE(file.leases.size() == 1);
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.first()[0].kept == ip("10.1.0.5"));
  }
}

TEST_CASE("a declaration that is still being written does not count yet") {
  const std::string first = std::string(kHead) + declared("10.1.0.5", "web");
  for (const std::string& more : {declared("10.1.0.5", "new"), declared_six("fd00::5", "new")}) {
    for (std::size_t size = 0; size < more.size() - 2; ++size) {
      CAPTURE(size);
      const ParsedFile file = parse_dhcpd(first + more.substr(0, size));
      CHECK(file.problems.empty());
      CHECK(said(file).size() == 1);
      CHECK(said(file).front() == "10.1.0.5 web");
    }
  }
}

TEST_CASE("a file without a line of dhcpd's is damaged") {
  CHECK(parse_dhcpd("neither\n").damage == "has no line in dhcpd's format");
  CHECK(parse_dhcpd("{").damage == "has no line in dhcpd's format");
  CHECK(parse_dhcpd(kHead).damage.empty());
}

TEST_CASE("the last declaration of a client's identity association has all of its addresses") {
  const auto of_another = [](std::string text, std::string_view first = "M") {
    return text.replace(text.find("\"M"), 2, "\"" + std::string(first));
  };
  const std::string old = declared_six("fd00::5", "web");
  CHECK(said(parse_dhcpd(old + declared_six("fd00:1::5", "web"))) == Said{"fd00:1::5 web", "-fd00::5"});
  CHECK(said(parse_dhcpd(old + of_another(declared_six("fd00:1::5", "db"), "N"))) ==
        Said{"fd00::5 web", "fd00:1::5 db"});
  std::string temporary = declared_six("fd00:1::5", "web");
  temporary.replace(temporary.find("ia-na"), 5, "ia-ta");
  CHECK(said(parse_dhcpd(old + temporary)) == Said{"fd00::5 web", "fd00:1::5 web"});
  // The address is another client's by then.
  CHECK(said(parse_dhcpd(old + of_another(declared_six("fd00::5", "db"), "N") +
                         declared_six("fd00:1::5", "web"))) == Said{"fd00::5 db", "fd00:1::5 web"});
  // What cannot be read may be that address.
  std::string damaged = declared_six("fd00:1::5", "web");
  damaged.insert(damaged.find("  iaaddr"), "  iaaddr fd00::\n");
  CHECK(said(parse_dhcpd(old + damaged)) == Said{"fd00::5 web", "fd00:1::5 web"});
}

TEST_CASE("an address whose first line is damaged is a problem, and the others count") {
  for (const std::string_view line : {"  iaaddr fd00::9\n", "  iaaddr fd00::9 \"\n", "  iaaddr fd00::9;\n"}) {
    CAPTURE(line);
    std::string text = declared_six("fd00::5", "web");
    text.insert(text.find("  iaaddr"), std::string(line) + "    binding state active;\n  }\n");
    const ParsedFile file = parse_dhcpd(text);
    CHECK(said(file) == Said{"fd00::5 web"});
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.first()[0].where == "line 3");
  }
}

TEST_SUITE_END();

}  // namespace leases::test
