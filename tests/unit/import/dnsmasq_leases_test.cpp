#include "import/dnsmasq_leases.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/hex_bytes.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

constexpr ChangeTime kReadAt{1'700'000'000'000'000'000};

/// Written by dnsmasq 2.90, which was started with the qualified names, the Token Ring address, the one
/// without bytes and the temporary IAID in the file.
constexpr std::string_view kReal =
    "1795446835 52:54:00:77:00:05 10.77.1.134 gamma ff:00:01\n"
    "1795446835 52:54:00:77:00:04 10.77.1.133 given 01:52:54:00:77:00:04\n"
    "0 52:54:00:77:00:03 10.77.1.132 * 01:52:54:00:77:00:03\n"
    "1795446834 52:54:00:77:00:02 10.77.1.131 beta *\n"
    "1795446834 52:54:00:77:00:01 10.77.1.130 alpha 01:52:54:00:77:00:01\n"
    "1795448233 20- 10.77.1.152 CaseName *\n"
    "0 06-02:00:00:00:00:01 10.77.1.151 * ff:00:11\n"
    "1795448233 52:54:00:00:00:01 10.77.1.150 early.corp.example 01:52:54:00:00:00:01\n"
    "duid 00:01:00:01:2f:5c:02:00:52:54:00:00:00:01\n"
    "1795446836 7798785 fd77:1::17f six 00:03:00:01:52:54:00:77:00:01\n"
    "0 4294967295 fd77:1::151 * 00:03:00:01:52\n"
    "1795448233 T77 fd77:1::150 tempo.corp 00:01:00:01:2f:5c\n";

ParsedFile parse(std::string_view text) {
  return parse_dnsmasq_leases(text, "lan", kReadAt);
}

std::vector<std::uint8_t> bytes(std::string_view hex) {
  std::vector<std::uint8_t> found(kMaxIdentifier);
  found.resize(parse_hex_bytes(hex, found.data(), found.size()).value());
  return found;
}

OwnedLease lease_v4(std::uint64_t expiry, std::string_view hardware, std::string_view address,
                    std::string_view name, std::string_view client_id) {
  OwnedLease lease;
  lease.network = "lan";
  lease.address = ip(address);
  lease.hardware = mac(hardware);
  lease.hostname = name;
  lease.client_id = bytes(client_id);
  lease.expiry = expiry;
  return lease;
}

OwnedLease lease_v6(std::uint64_t expiry, Iaid iaid, std::string_view address, std::string_view name,
                    std::string_view client_id) {
  OwnedLease lease = lease_v4(expiry, "20-", address, name, client_id);
  lease.hardware.reset();
  lease.iaid = iaid;
  lease.server_duid = bytes("00:01:00:01:2f:5c:02:00:52:54:00:00:00:01");
  return lease;
}

/// What kReal says, in the order that is promised.
std::vector<OwnedLease> real_leases() {
  std::vector<OwnedLease> leases{
      lease_v4(0, "52:54:00:77:00:03", "10.77.1.132", "", "01:52:54:00:77:00:03"),
      lease_v4(0, "06-02:00:00:00:00:01", "10.77.1.151", "", "ff:00:11"),
      lease_v6(0, {4294967295, false}, "fd77:1::151", "", "00:03:00:01:52"),
      lease_v4(1795446834, "52:54:00:77:00:01", "10.77.1.130", "alpha", "01:52:54:00:77:00:01"),
      lease_v4(1795446834, "52:54:00:77:00:02", "10.77.1.131", "beta", ""),
      lease_v4(1795446835, "52:54:00:77:00:04", "10.77.1.133", "given", "01:52:54:00:77:00:04"),
      lease_v4(1795446835, "52:54:00:77:00:05", "10.77.1.134", "gamma", "ff:00:01"),
      lease_v6(1795446836, {7798785, false}, "fd77:1::17f", "six", "00:03:00:01:52:54:00:77:00:01"),
      lease_v4(1795448233, "52:54:00:00:00:01", "10.77.1.150", "early", "01:52:54:00:00:00:01"),
      lease_v4(1795448233, "20-", "10.77.1.152", "CaseName", ""),
      lease_v6(1795448233, {77, true}, "fd77:1::150", "tempo", "00:01:00:01:2f:5c"),
  };
  leases[8].domain = "corp.example";
  leases[10].domain = "corp";
  for (std::size_t i = 0; i < leases.size(); ++i)
    leases[i].changed = kReadAt.nanoseconds - leases.size() + 1 + i;
  return leases;
}

std::string names_of(const ParsedFile& parsed) {
  std::string names;
  for (const Lease& lease : parsed.leases) names.append(lease.hostname).append(" ");
  return names;
}

}  // namespace

TEST_SUITE_BEGIN("dnsmasq_leases");

TEST_CASE("a file that dnsmasq wrote is read") {
  const ParsedFile parsed = parse(kReal);
  CHECK(parsed.damage.empty());
  CHECK(parsed.problems.empty());
  const std::vector<OwnedLease> expected = real_leases();
  CHECK(parsed.leases == views_of(expected));
}

TEST_CASE("the leases own their texts") {
  std::string text(kReal);
  std::string network = "lan";
  const ParsedFile parsed = parse_dnsmasq_leases(text, network, kReadAt);
  std::ranges::fill(text, 'x');
  std::ranges::fill(network, 'x');
  const std::vector<OwnedLease> expected = real_leases();
  CHECK(parsed.leases == views_of(expected));
}

TEST_CASE("what is cut off is told or not missed") {
  const std::vector<OwnedLease> owned = real_leases();
  const std::vector<Lease> all = views_of(owned);
  for (std::size_t size = 0; size < kReal.size(); ++size) {
    CAPTURE(size);
    const std::string_view text = kReal.substr(0, size);
    const ParsedFile parsed = parse(text);
    CHECK(parsed.damage.empty() == text.ends_with('\n'));
    const auto lines = std::count(text.begin(), text.end(), '\n');
    const std::size_t duid_line = lines >= 9 ? 1 : 0;
    CHECK(parsed.leases.size() == static_cast<std::size_t>(lines) - duid_line);
    for (Lease lease : parsed.leases) {
      const auto same = std::find_if(all.begin(), all.end(),
                                     [&](const Lease& other) { return other.address == lease.address; });
      REQUIRE(same != all.end());
      lease.changed = same->changed;
      CHECK(lease == *same);
    }
  }
}

TEST_CASE("a file that is not whole says so, whatever else is wrong with it") {
  CHECK(parse("").damage == "is empty");
  CHECK(parse("x").damage == "ends in the middle of a line");
  const ParsedFile parsed = parse("1 2 3\n0 52:54:00:00:00:01 10.0.0.1 a *\n0 52:54:00:00:00:01 10.0.0.1 b");
  CHECK(parsed.damage == "ends in the middle of a line");
  CHECK(parsed.problems.empty());
  CHECK(names_of(parsed) == "a ");
}

namespace {

struct Bad {
  std::string_view line;
  std::string_view what;
};

/// A line between two good ones, of which no more than that line is told.
void check_problem(const ParsedFile& parsed, std::string_view what) {
  CHECK_MESSAGE(parsed.damage.empty(), parsed.damage);
  REQUIRE(parsed.problems.size() == 1);
  CHECK(parsed.problems.first()[0].where == "line 2");
  CHECK_MESSAGE(parsed.problems.first()[0].what.find(what) != std::string::npos,
                parsed.problems.first()[0].what);
}

ParsedFile parse_between(std::string_view line) {
  return parse("1 52:54:00:00:00:01 10.0.0.1 a *\n" + std::string(line) +
               "\nnot\n3 52:54:00:00:00:01 10.0.0.3 c *\n");
}

}  // namespace

TEST_CASE("a line without a time or an address costs itself, and the others are read") {
  for (const Bad& bad : {
           Bad{"7 52:54:00:00:00:01 10.0.0.9 web", "five words"},
           Bad{"7 52:54:00:00:00:01 10.0.0.9 web * more", "five words"},
           Bad{"7", "five words"},
           Bad{"-7 52:54:00:00:00:01 10.0.0.9 web *", "first word"},
           Bad{"7s 52:54:00:00:00:01 10.0.0.9 web *", "first word"},
           Bad{"18446744073709551616 52:54:00:00:00:01 10.0.0.9 web *", "first word"},
           Bad{"7 52:54:00:00:00:01 10.0.0.256 web *", "third word"},
           Bad{"7 52:54:00:00:00:01 10.0.0.9/24 web *", "third word"},
           Bad{"duid", "duid"},
           Bad{"duid 00:01 00:02", "duid"},
           Bad{"duid xx", "DUID"},
           Bad{"\x01 52:54:00:00:00:01 10.0.0.9 web *", "first word"},
           Bad{"w\xff 52:54:00:00:00:01 10.0.0.9 web *", "first word"},
           Bad{"# 52:54:00:00:00:01 10.0.0.9 web *", "first word"},
       }) {
    CAPTURE(bad.line);
    const ParsedFile parsed = parse_between(bad.line);
    check_problem(parsed, bad.what);
    CHECK_FALSE(parsed.problems.first()[0].kept);
    CHECK(names_of(parsed) == "a c ");
  }
}

TEST_CASE("any other word that cannot be read costs the lease just that") {
  for (const Bad& bad : {
           Bad{"7 52:54:00:00:00:0 10.0.0.9 web ff:01", "second word is not a hardware address"},
           Bad{"7 9 10.0.0.9 web ff:01", "second word is not a hardware address"},
           Bad{"7 52:54:00:00:00:01 fd00::9 web ff:01", "second word is not an IAID"},
           Bad{"7 4294967296 fd00::9 web ff:01", "second word is not an IAID"},
           Bad{"7 52:54:00:00:00:01 10.0.0.9 w\xff ff:01", "fourth word"},
           Bad{"7 52:54:00:00:00:01 10.0.0.9 w\x7f ff:01", "fourth word"},
           Bad{"7 52:54:00:00:00:01 10.0.0.9 web 0", "fifth word"},
           Bad{"7 52:54:00:00:00:01 10.0.0.9 web *\r", "fifth word"},
       }) {
    CAPTURE(bad.line);
    const ParsedFile parsed = parse_between(bad.line);
    check_problem(parsed, bad.what);
    REQUIRE(parsed.leases.size() == 3);
    const Lease& lease = parsed.leases.back();
    CHECK(parsed.problems.first()[0].kept == lease.address);
    CHECK(lease.expiry.seconds == 7);
    const bool is_second = bad.what.starts_with("second");
    CHECK((lease.hardware || lease.iaid) == !is_second);
    CHECK(lease.hostname == (bad.what == "fourth word" ? "" : "web"));
    CHECK(lease.client_id.empty() == (bad.what == "fifth word"));
  }
}

TEST_CASE("a name that is not a host label is a refused one") {
  for (const std::string_view name :
       {"-web", "_srv", "w\xc3\xa4", "web.", "web.a..b", ".lan", "host:9091", "bob's", "x\"y", "a\\b"}) {
    CAPTURE(name);
    const ParsedFile parsed = parse_between("7 52:54:00:00:00:01 10.0.0.9 " + std::string(name) + " *");
    CHECK(parsed.problems.empty());
    REQUIRE(parsed.leases.size() == 3);
    CHECK(parsed.leases.back().hostname == name);
    CHECK(parsed.leases.back().name_refused);
    CHECK(parsed.leases.back().domain.empty());
    CHECK_FALSE(parsed.leases.front().name_refused);
  }
}

TEST_CASE("an identifier that is too long or cut costs the lease just that, and is no problem") {
  std::string long_one = "00";
  for (std::size_t i = 0; i < kMaxIdentifier; ++i) long_one += ":cd";
  std::string cut;
  for (int i = 0; i < 100; ++i) cut += "ab:";
  for (const std::string& identifier : {long_one, cut}) {
    const ParsedFile v4 = parse_between("7 52:54:00:00:00:01 10.0.0.9 web " + identifier);
    const ParsedFile v6 = parse_between("7 9 fd00::9 web " + identifier);
    for (const ParsedFile* parsed : {&v4, &v6}) {
      CHECK(parsed->problems.empty());
      CHECK(names_of(*parsed) == "a c web ");
      CHECK(parsed->leases.back().client_id.empty());
    }
  }
}

TEST_CASE("a length in place of the time, as builds without a clock write it, is refused in words") {
  for (const std::string_view length : {"120", "3600", "43200", "999999999"}) {
    CAPTURE(length);
    const ParsedFile parsed = parse(std::string(length) + " 52:54:00:00:00:01 10.0.0.9 web *\nduid 00:01\n" +
                                    std::string(length) + " 7 fd00::9 web *\n");
    CHECK(parsed.damage.empty());
    CHECK(parsed.leases.empty());
    REQUIRE(parsed.problems.size() == 2);
    CHECK(parsed.problems.first()[1].where == "line 3");
    for (const RecordProblem& problem : parsed.problems.first())
      CHECK_MESSAGE(problem.what.find("HAVE_BROKEN_RTC") != std::string::npos, problem.what);
  }
  // A length alone is also that: the file is dnsmasq's.
  CHECK(parse("600 52:54:00:00:00:01 10.0.0.9 web *\n").damage.empty());
  // No dnsmasq gives a lease for less, and one may have been found ended when the file was written.
  CHECK(
      names_of(parse("119 52:54:00:00:00:01 10.0.0.9 web *\n1000000000 52:54:00:00:00:01 10.0.0.8 db *\n")) ==
      "web db ");
  // On a machine whose clock begins in 1970, that is when leases end.
  CHECK(
      parse_dnsmasq_leases("600 52:54:00:00:00:01 10.0.0.9 web *\n", "lan", {60'000'000'000}).leases.size() ==
      1);
}

TEST_CASE("several problems are told in the order of their lines, and in one line") {
  const ParsedFile parsed = parse("one 2 3\n1 x 10.0.0.1 a *\n1 52:54:00:00:00:01 ten b *\n0 0\n");
  REQUIRE(parsed.problems.size() == 3);
  CHECK(parsed.problems.first()[0].where == "line 2");
  CHECK(text_of(parsed.problems) ==
        "line 2: the second word is not a hardware address; the lease is kept without it (and 2 more "
        "problems)");
}

TEST_CASE("lines of later versions are passed over") {
  const ParsedFile parsed = parse(
      "1 52:54:00:00:00:01 10.0.0.1 a *\n"
      "vendorclass 10.0.0.1 75:64:68:63:70\nagent-info 10.0.0.1 01:02\nnoise\n"
      "\n \t\n"
      "  2\t52:54:00:00:00:01  10.0.0.2 b *  \n");
  CHECK(parsed.damage.empty());
  CHECK(parsed.problems.empty());
  CHECK(names_of(parsed) == "a b ");
}

TEST_CASE("a text that has nothing of dnsmasq's in it is no lease file without leases") {
  CHECK(parse("one two three\nfour\n").damage == "has no line in dnsmasq's format");
  CHECK(parse("\n\n").damage == "has no line in dnsmasq's format");
  CHECK(parse("duid 00:01\nvendorclass 10.0.0.1 75\n").damage.empty());
}

TEST_CASE("the server's DUID is that of every IPv6 lease, wherever it stands") {
  const ParsedFile parsed = parse(
      "1 1 fd00::1 a *\n2 52:54:00:00:00:01 10.0.0.2 b *\nduid 00:01\n3 3 fd00::3 c *\nduid 00:02:03\n");
  REQUIRE(parsed.leases.size() == 3);
  CHECK(std::ranges::equal(parsed.leases[0].server_duid, bytes("00:02:03")));
  CHECK(parsed.leases[1].server_duid.empty());
  CHECK(std::ranges::equal(parsed.leases[2].server_duid, bytes("00:02:03")));
}

TEST_CASE("the last lease of an address counts") {
  const ParsedFile parsed = parse(
      "9 52:54:00:00:00:01 10.0.0.1 a *\n5 52:54:00:00:00:02 10.0.0.2 b *\n"
      "3 52:54:00:00:00:03 10.0.0.1 c *\n1 52:54:00:00:00:04 10.0.0.1 d *\n");
  CHECK(parsed.damage.empty());
  CHECK(names_of(parsed) == "d b ");
}

TEST_CASE("the lines' order does not matter to leases of different addresses") {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < kReal.size(); begin = kReal.find('\n', begin) + 1)
    lines.emplace_back(kReal.substr(begin, kReal.find('\n', begin) + 1 - begin));
  std::ranges::reverse(lines);
  std::string reversed;
  for (const std::string& line : lines) reversed += line;
  const std::vector<OwnedLease> expected = real_leases();
  CHECK(parse(reversed).leases == views_of(expected));
}

TEST_CASE("the longest and the largest are read") {
  std::string client_id = "00";
  for (std::size_t i = 1; i < kMaxIdentifier; ++i) client_id += ":ff";
  const std::string label(kMaxLabel, 'a');
  const std::string row = "18446744073709551615 52:54:00:00:00:01 10.0.0.1 " + label + ".lab " + client_id;
  const ParsedFile parsed = parse(row + "\n");
  CHECK(parsed.damage.empty());
  CHECK(parsed.problems.empty());
  REQUIRE(parsed.leases.size() == 1);
  CHECK(parsed.leases[0].client_id.size() == kMaxIdentifier);
  CHECK(parsed.leases[0].hostname == label);
  CHECK(parsed.leases[0].expiry.seconds == ~std::uint64_t{0});
  CHECK(parse(row + ":00\n").leases.at(0).client_id.empty());
}

TEST_CASE("times of change are never 0 and end when the file was read") {
  const ParsedFile parsed = parse(kReal);
  CHECK(parsed.leases.back().changed == kReadAt);
  CHECK_FALSE(parsed.complete);
  CHECK(parse_dnsmasq_leases("1 1 fd00::1 a *\n", "lan", {}).leases[0].changed == ChangeTime{1});
}

TEST_SUITE_END();

}  // namespace leases::test
