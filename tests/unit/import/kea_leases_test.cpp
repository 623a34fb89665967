#include "import/kea_leases.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "import/source_parsers.h"
#include "tests/support/owned_lease.h"
#include "tests/unit/import/log_texts.h"

namespace leases::test {

namespace {

constexpr ChangeTime kKeaWrote{1'764'153'600'000'000'000};
constexpr std::uint64_t kKeaNow = 1'764'153'600;

constexpr std::string_view kNames22 =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_"
    "context\n";
constexpr std::string_view kNames30 =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,"
    "pool_id\n";
constexpr std::string_view kNames6 =
    "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,"
    "hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id\n";

/// A row of Kea 2.2. It changed a minute before the file was written, unless it ends earlier.
std::string kea_row(std::string_view address, std::string_view name, std::uint64_t lifetime = 3600,
                    int state = 0, std::uint64_t cltt = kKeaNow - 60) {
  return std::string(address) + ",52:54:00:00:00:01,01:52:54:00:00:00:01," + std::to_string(lifetime) + ',' +
         std::to_string(cltt + lifetime) + ",1,0,0," + std::string(name) + ',' + std::to_string(state) +
         ",\n";
}

ParsedFile parse_kea(std::string_view text, std::string_view domain = {}) {
  return parse_kea_leases({.text = text, .network = "lan", .domain = domain, .modified = kKeaWrote});
}

}  // namespace

TEST_SUITE_BEGIN("kea_leases");

TEST_CASE("a row says all of a DHCPv4 lease") {
  for (const auto names : {kNames22, kNames30}) {
    CAPTURE(names);
    const std::string end = names == kNames30 ? ",0\n" : "\n";
    const ParsedFile file =
        parse_kea(std::string(names) +
                      "10.1.0.5,52:54:00:00:00:01,01:52:54,3600,1764157140,1,1,1,Web.lab.example.,0," + end,
                  "lab.example");
    CHECK(file.damage.empty());
    CHECK(file.problems.empty());
    REQUIRE(file.leases.size() == 1);
    const Lease& lease = file.leases.front();
    CHECK(lease.network == "lan");
    CHECK(lease.address == ip("10.1.0.5"));
    CHECK(lease.hardware == mac("52:54:00:00:00:01"));
    CHECK(std::vector(lease.client_id.begin(), lease.client_id.end()) ==
          std::vector<std::uint8_t>{1, 0x52, 0x54});
    CHECK(lease.hostname == "Web");
    CHECK(lease.domain == "lab.example");
    CHECK(lease.expiry.seconds == 1764157140);
    CHECK(lease.changed.nanoseconds / 1'000'000'000 == 1764157140 - 3600);
  }
}

TEST_CASE("a row says all of a DHCPv6 lease") {
  const ParsedFile file =
      parse_kea(std::string(kNames6) +
                "fd00::5,00:03:00:01:52:54:00:00:00:07,3600,1764157140,1,1800,0,77,128,0,0,six,"
                "52:54:00:00:00:07,0,,1,2,0\n"
                "fd00::6,00:03:00:01,3600,1764157140,1,1800,1,4294967295,128,0,0,,,0,,,,0\n"
                "fd00:1::,00:03:00:01,3600,1764157140,1,1800,2,1,64,0,0,prefix,,0,,,,0\n");
  CHECK(file.problems.empty());
  REQUIRE(file.leases.size() == 2);
  CHECK(file.leases[0].iaid == Iaid{77, false});
  CHECK(file.leases[0].client_id.size() == 10);
  CHECK(file.leases[0].hardware == mac("52:54:00:00:00:07"));
  CHECK(file.leases[0].hostname == "six");
  CHECK(file.leases[1].iaid == Iaid{4294967295, true});
  CHECK(file.leases[1].hostname.empty());
  CHECK_FALSE(file.leases[1].hardware);
}

TEST_CASE("the last row of an address counts") {
  CHECK(said(parse_kea(std::string(kNames22) + kea_row("10.1.0.5", "old") + kea_row("10.1.0.6", "db") +
                       kea_row("10.1.0.5", "new"))) == Said{"10.1.0.5 new", "10.1.0.6 db"});
}

TEST_CASE("a lease that was released, declined, reclaimed or has run out is none") {
  const std::string row = kea_row("10.1.0.5", "web");
  for (const std::string& end :
       {kea_row("10.1.0.5", "web", 0), kea_row("10.1.0.5", "", 86400, 1), kea_row("10.1.0.5", "web", 3600, 2),
        kea_row("10.1.0.5", "web", 3600, 3), kea_row("10.1.0.5", "web", 60), kea_row("10.1.0.5", "web", 1)}) {
    CAPTURE(end);
    CHECK(said(parse_kea(std::string(kNames22) + row + end)) == Said{"-10.1.0.5"});
    CHECK(said(parse_kea(std::string(kNames22) + end + row)) == Said{"10.1.0.5 web"});
  }
  CHECK(said(parse_kea(std::string(kNames22) + kea_row("10.1.0.5", "web", 61))) == Said{"10.1.0.5 web"});
  // An address that a client has registered (RFC 9686).
  CHECK(said(parse_kea(std::string(kNames22) + kea_row("10.1.0.5", "web", 3600, 4))) == Said{"10.1.0.5 web"});
}

TEST_CASE("a lease for ever has no end") {
  const ParsedFile file = parse_kea(std::string(kNames22) + kea_row("10.1.0.5", "web", 4294967295));
  REQUIRE(file.leases.size() == 1);
  CHECK(file.leases[0].expiry.infinite());
  CHECK(file.leases[0].changed.nanoseconds / 1'000'000'000 == kKeaNow - 60);
}

TEST_CASE("of leases that changed in one second, the later row changed last") {
  const ParsedFile file =
      parse_kea(std::string(kNames22) + kea_row("10.1.0.9", "web") + kea_row("10.1.0.5", "web"));
  REQUIRE(file.leases.size() == 2);
  CHECK(file.leases[0].address == ip("10.1.0.5"));
  CHECK(file.leases[1].changed < file.leases[0].changed);
}

TEST_CASE("no lease changed after the file was written") {
  const ParsedFile file =
      parse_kea(std::string(kNames22) + kea_row("10.1.0.5", "web", 3600, 0, kKeaNow + 100));
  REQUIRE(file.leases.size() == 1);
  CHECK(file.leases[0].changed == kKeaWrote);
}

TEST_CASE("a client has no domain but the source's") {
  const std::string text =
      std::string(kNames22) + kea_row("10.1.0.5", "www.example.com") + kea_row("10.1.0.6", "db.Lab.example.");
  for (const std::string_view domain : {"", "example", "lab.example"}) {
    CAPTURE(domain);
    const ParsedFile file = parse_kea(text, domain);
    CHECK(file.problems.empty());
    REQUIRE(file.leases.size() == 2);
    CHECK(file.leases[0].hostname == "www.example.com");
    CHECK(file.leases[0].name_refused);
    CHECK(file.leases[0].domain.empty());
    CHECK(file.leases[1].name_refused == (domain != "lab.example"));
    CHECK(file.leases[1].hostname == (domain == "lab.example" ? "db" : "db.Lab.example"));
  }
}

TEST_CASE("commas in names are escaped") {
  const ParsedFile file = parse_kea(std::string(kNames22) + kea_row("10.1.0.5", "a&#x2cb") +
                                    kea_row("10.1.0.6", "&#x") + kea_row("10.1.0.7", "&#xzz"));
  REQUIRE(file.leases.size() == 3);
  CHECK(file.leases[0].hostname == "a,b");
  CHECK(file.leases[0].name_refused);
  CHECK(file.leases[1].hostname == "&#x");
  CHECK(file.leases[2].hostname == "&#xzz");
}

TEST_CASE("a row that cannot be read leaves its address as it was") {
  const std::string good = kea_row("10.1.0.5", "web");
  for (const std::string_view bad :
       {"10.1.0.5,52:54:00:00:00:01,,x,1764157140,1,0,0,other,0,\n",
        "10.1.0.5,52:54:00:00:00:01,,3600,,1,0,0,other,0,\n",
        "10.1.0.5,52:54:00:00:00:01,,3600,1764157140,1,0,0,other,0\n", "10.1.0.5,52:54\n", "\x01\n",
        "10.1.0.5,,,3600,1764157140,1,0,0,other,x,\n", "10.1.0.5,,,3600,0,1,0,0,other,0,\n",
        "10.1.0.5,,,3600,1764157140,1,0,0,other,0,,\n", "10.1.0.500,,,3600,1764157140,1,0,0,other,0,\n"}) {
    CAPTURE(bad);
    const ParsedFile file =
        parse_kea(std::string(kNames22) + good + std::string(bad) + kea_row("10.1.0.6", "db"));
    CHECK(said(file) == Said{"10.1.0.5 web", "10.1.0.6 db"});
    CHECK(file.damage.empty());
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.first()[0].where == "row 2");
    CHECK_FALSE(file.problems.first()[0].kept);
  }
}

TEST_CASE("a value that cannot be read costs the lease just that") {
  const ParsedFile file =
      parse_kea(std::string(kNames22) + "10.1.0.5,xx,01,3600,1764157140,1,0,0,web,0,\n" +
                "10.1.0.6,,zz,3600,1764157140,1,0,0,db,0,\n10.1.0.7,,,3600,1764157140,1,0,0,a b,0,\n");
  CHECK(said(file) == Said{"10.1.0.5 web", "10.1.0.6 db", "10.1.0.7 "});
  REQUIRE(file.problems.size() == 3);
  CHECK(file.problems.first()[0].what == "'hwaddr' is not a hardware address; the lease is kept without it");
  CHECK(file.problems.first()[0].kept == ip("10.1.0.5"));
  CHECK(file.problems.first()[1].what ==
        "'client_id' is not a client identifier; the lease is kept without it");
  CHECK(file.problems.first()[2].what ==
        "'hostname' is not a name of at most 64 visible characters; the lease is kept without it");
}

TEST_CASE("a row that is still being written does not count yet") {
  const std::string text = std::string(kNames22) + kea_row("10.1.0.5", "web") + kea_row("10.1.0.5", "new");
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    const ParsedFile file = parse_kea(text.substr(0, size));
    CHECK(file.damage.empty());
    CHECK(file.problems.empty());
    const bool has_row = size >= kNames22.size() + kea_row("10.1.0.5", "web").size();
    CHECK(said(file) == (has_row ? Said{"10.1.0.5 web"} : Said{}));
  }
}

TEST_CASE("a file without the names of Kea's columns is damaged") {
  for (const std::string_view text : {"x\n", "address,hwaddr\n10.0.0.1,1\n", "1795446835 a b c d\n"}) {
    const ParsedFile file = parse_kea(text);
    CHECK(file.damage == "has no first line with the names of Kea's columns");
    CHECK(file.leases.empty());
  }
}

TEST_CASE("what the clean-up has not finished counts as Kea counts it") {
  const std::string names(kNames22);
  const std::string completed = names + kea_row("10.1.0.1", "done");
  const std::string previous = names + kea_row("10.1.0.5", "second") + kea_row("10.1.0.6", "two");
  const std::string copied = names + kea_row("10.1.0.5", "first") + kea_row("10.1.0.7", "one");
  const std::string text = names + kea_row("10.1.0.7", "zero");
  const auto parse = [&](std::array<std::optional<std::string_view>, 3> beside) {
    return said(parse_kea_leases({.text = text, .network = "lan", .modified = kKeaWrote, .beside = beside}));
  };
  CHECK(parse({}) == Said{"10.1.0.7 zero"});
  CHECK(parse({std::nullopt, previous, std::nullopt}) ==
        Said{"10.1.0.5 second", "10.1.0.6 two", "10.1.0.7 zero"});
  CHECK(parse({std::nullopt, previous, copied}) == Said{"10.1.0.5 first", "10.1.0.6 two", "10.1.0.7 zero"});
  CHECK(parse({completed, previous, copied}) == Said{"10.1.0.1 done", "10.1.0.7 zero"});
  const std::string junk = "junk\nx\n";
  const ParsedFile damaged =
      parse_kea_leases({.text = text, .network = "lan", .modified = kKeaWrote, .beside = {{{}, junk, {}}}});
  CHECK(damaged.damage ==
        "has a file with the ending .2 beside it whose first line does not name Kea's columns");
}

TEST_CASE("what was appended is read like the whole") {
  const std::string known = std::string(kNames22) + kea_row("10.1.0.5", "web") + kea_row("10.1.0.6", "db");
  const std::string added = kea_row("10.1.0.5", "web", 0) + kea_row("10.1.0.7", "new");
  const ParsedFile whole = parse_kea(known + added);
  const std::string text = std::string(kNames22) + added;
  const ParsedFile addition = parse_kea_leases(
      {.text = text, .network = "lan", .modified = kKeaWrote, .skipped = known.size() - kNames22.size()});
  CHECK(said(whole) == Said{"10.1.0.6 db", "10.1.0.7 new", "-10.1.0.5"});
  CHECK(said(addition) == Said{"10.1.0.7 new", "-10.1.0.5"});
  REQUIRE(addition.leases.size() == 1);
  CHECK(addition.leases[0].changed == whole.leases[1].changed);
}

TEST_CASE("each value of a row that cannot be read is told") {
  const ParsedFile file = parse_kea(std::string(kNames22) + "10.1.0.5,xx,yy,3600,1764157140,1,0,0,a b,0,\n");
  REQUIRE(file.leases.size() == 1);
  REQUIRE(file.problems.size() == 3);
  CHECK(file.problems.first()[0].what == "'hwaddr' is not a hardware address; the lease is kept without it");
  CHECK(file.problems.first()[1].what ==
        "'client_id' is not a client identifier; the lease is kept without it");
  CHECK(file.problems.first()[2].what.starts_with("'hostname' is not a name"));
  for (const RecordProblem& problem : file.problems.first()) {
    CHECK(problem.where == "row 1");
    CHECK(problem.kept == ip("10.1.0.5"));
  }
}

TEST_CASE("a log may have any number of rows about as many addresses as a source may have leases") {
  const auto row = [](std::size_t address) {
    std::string number = std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
    return "10." + std::to_string(address >> 16) + '.' + number + ",3600,1764157140\n";
  };
  std::string text = "address,valid_lifetime,expire\n";
  for (std::size_t i = 0; i < 3 * kMostRecords; ++i) text += row(i % kMostRecords);
  const auto parse_all = [&] { return parse_source(SourceKind::kea_leases, {text, "lan", "", kKeaWrote}); };
  CHECK(parse_all().leases.size() == kMostRecords);
  text += row(kMostRecords);
  CHECK_THROWS_AS(parse_all(), TooManyRecords);
}

TEST_CASE("of a file with nothing but bad rows, the first are kept") {
  std::string text = "address,valid_lifetime,expire\n";
  for (int i = 0; i < 10'000; ++i) text += "x\n";
  const ParsedFile file = parse_kea_leases({text, "lan", "", kKeaWrote});
  CHECK(file.problems.size() == 10'000);
  CHECK(file.problems.first().size() == RecordProblems::kMostKept);
  CHECK(text_of(file.problems) ==
        "row 1: has not as many values as there are columns; it is left out (and 9999 more problems)");
}

TEST_SUITE_END();

}  // namespace leases::test
