#include "import/status_parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "store/client_name.h"
#include "store/status_text.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

constexpr ChangeTime kUnknown{5'000};

std::vector<OwnedLease> several(std::size_t count) {
  std::vector<OwnedLease> leases;
  for (std::size_t i = 0; i < count; ++i) {
    leases.push_back(i % 2 == 0 ? full_v4() : full_v6());
    leases.back().address = ip((i % 2 == 0 ? "10.0.0." : "fd00::") + std::to_string(i + 1));
    leases.back().changed += i;
  }
  return leases;
}

/// The records of a text with one member changed or added in the second of three.
std::string with_member(std::string_view member) {
  return R"([{"ip-address": "10.0.0.1", "expiry-time": 1},
             {"ip-address": "10.0.0.2", "expiry-time": 2, )" +
         std::string(member) + R"(}, {"ip-address": "10.0.0.3", "expiry-time": 3}])";
}

std::vector<IpAddress> addresses(const ParsedFile& parsed) {
  std::vector<IpAddress> found;
  for (const Lease& lease : parsed.leases) found.push_back(lease.address);
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("status_parser");

TEST_CASE("what was written is read") {
  std::vector<OwnedLease> leases = several(5);
  leases[0].hardware = mac("06-02:00:00:00:00:01");
  leases[1].iaid = Iaid{7, true};
  leases[2].client_id.assign(255, 0xab);
  leases[3].hardware.reset();
  leases[4].hostname.clear();
  leases[4].domain.clear();
  leases[4].expiry = ~std::uint64_t{0};
  const ParsedFile parsed = parse_status(status_text(views_of(leases)), "br0", kUnknown);
  CHECK(parsed.damage.empty());
  CHECK(parsed.problems.empty());
  CHECK(parsed.leases == views_of(leases));
}

TEST_CASE("a refused name is read as refused") {
  OwnedLease refused = full_v4();
  refused.name_refused = true;
  const ParsedFile parsed = parse_status(status_text({refused.lease()}), "br0", kUnknown);
  CHECK(parsed.damage.empty());
  CHECK(parsed.leases == std::vector{refused.lease()});
}

TEST_CASE("no leases are read as none") {
  for (const std::string_view text : {"[]\n", "[]", " [ ] "}) {
    const ParsedFile parsed = parse_status(text, "br0", kUnknown);
    CHECK(parsed.damage.empty());
    CHECK(parsed.leases.empty());
  }
}

TEST_CASE("libvirt's own file is read") {
  const ParsedFile parsed = parse_status(R"([
  {
    "iaid": "1",
    "ip-address": "fd00::5",
    "mac-address": "52:54:00:aa:bb:cc",
    "hostname": "six",
    "client-id": "00:01:00:01:02:03",
    "server-duid": "00:01:00:01:09",
    "expiry-time": 1700000600
  },
  {
    "ip-address": "192.168.122.37",
    "mac-address": "52:54:00:12:34:56",
    "hostname": "fedora",
    "client-id": "01:52:54:00:12:34:56",
    "expiry-time": 0
  }
])",
                                         "virbr0", kUnknown);
  REQUIRE(parsed.damage.empty());
  REQUIRE(parsed.problems.empty());
  REQUIRE(parsed.leases.size() == 2);
  OwnedLease six;
  six.network = "virbr0";
  six.iaid = Iaid{1, false};
  six.address = ip("fd00::5");
  six.hardware = mac("52:54:00:aa:bb:cc");
  six.hostname = "six";
  six.client_id = {0, 1, 0, 1, 2, 3};
  six.server_duid = {0, 1, 0, 1, 9};
  six.expiry = 1700000600;
  six.changed = 5'000;
  CHECK(parsed.leases[0] == six.lease());
  CHECK(parsed.leases[1].hostname == "fedora");
  CHECK(parsed.leases[1].expiry.infinite());
  CHECK(parsed.leases[1].changed > parsed.leases[0].changed);
}

TEST_CASE("keys that are not known are passed over, whatever their value") {
  for (const std::string_view value : {"\"text\"", "1", "-1.5e9", "true", "null", "[1, [2]]",
                                       R"({"ip-address": "10.9.9.9", "expiry-time": 0})"}) {
    CAPTURE(value);
    const ParsedFile parsed = parse_status(with_member("\"colour\": " + std::string(value)), "br0", kUnknown);
    CHECK(parsed.damage.empty());
    CHECK(parsed.problems.empty());
    CHECK(addresses(parsed) == std::vector{ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3")});
  }
}

TEST_CASE("a record with an address or an expiry that cannot be is left out and the others are kept") {
  for (const std::string_view member :
       {R"("ip-address": "10.0.0.256")", R"("ip-address": 10)", R"("ip-address": null)",
        R"("ip-address": "")", R"("expiry-time": "1")", R"("expiry-time": -1)", R"("expiry-time": 1.5)",
        R"("expiry-time": null)", R"("expiry-time": 18446744073709551616)"}) {
    CAPTURE(member);
    const ParsedFile parsed = parse_status(with_member(member), "br0", kUnknown);
    CHECK(addresses(parsed) == std::vector{ip("10.0.0.1"), ip("10.0.0.3")});
    if (member == R"("expiry-time": 18446744073709551616)")
      continue;  // that makes the whole no JSON to the reader
    CHECK_MESSAGE(parsed.damage.empty(), parsed.damage);
    REQUIRE(parsed.problems.size() == 1);
    CHECK(parsed.problems.first()[0].where == "record 2");
    CHECK(parsed.problems.first()[0].what.starts_with(
        member.substr(1, 10) == "ip-address" ? "'ip-address' is not" : "'expiry-time' is not"));
    CHECK_FALSE(parsed.problems.first()[0].kept);
  }
}

TEST_CASE("any other value that cannot be costs its lease just that value") {
  const std::string sound =
      R"("mac-address": "52:54:00:00:00:01", "hostname": "web", "domain": "lan", "client-id": "01:02", )"
      R"("server-duid": "03:04", "iaid": "7", "last-change": "1.000000000")";
  struct Wrong {
    std::string_view key;
    std::string_view value;
  };
  for (const Wrong wrong : {Wrong{"mac-address", R"("xx")"},
                            Wrong{"mac-address", "1"},
                            Wrong{"mac-address", R"("")"},
                            Wrong{"hostname", R"("a b")"},
                            Wrong{"hostname", R"("")"},
                            Wrong{"hostname", R"("\u0000")"},
                            Wrong{"hostname", R"(["a"])"},
                            Wrong{"hostname", "null"},
                            Wrong{"hostname", R"("a\tb")"},
                            Wrong{"hostname", R"("\u0085")"},
                            Wrong{"hostname", R"("\u007f")"},
                            Wrong{"domain", R"("-")"},
                            Wrong{"domain", "{}"},
                            Wrong{"client-id", R"("1")"},
                            Wrong{"client-id", R"("zz")"},
                            Wrong{"client-id", "1"},
                            Wrong{"server-duid", R"("0:1")"},
                            Wrong{"iaid", R"("x")"},
                            Wrong{"iaid", "1"},
                            Wrong{"last-change", R"("1")"},
                            Wrong{"last-change", R"("1.5")"},
                            Wrong{"last-change", R"("-1.000000000")"},
                            Wrong{"last-change", "1"},
                            Wrong{"last-change", R"("99999999999.000000000")"},
                            Wrong{"last-change", R"("1.00000000x")"}}) {
    CAPTURE(wrong.key);
    CAPTURE(wrong.value);
    // Also of a key that was there before, with a sound value.
    const std::string member = sound + ", \"" + std::string(wrong.key) + "\": " + std::string(wrong.value);
    const ParsedFile parsed = parse_status(with_member(member), "br0", kUnknown);
    CHECK_MESSAGE(parsed.damage.empty(), parsed.damage);
    REQUIRE(parsed.problems.size() == 1);
    CHECK(parsed.problems.first()[0].where == "record 2");
    CHECK(parsed.problems.first()[0].what.starts_with("'" + std::string(wrong.key) + "' "));
    CHECK(parsed.problems.first()[0].kept == ip("10.0.0.2"));
    REQUIRE(addresses(parsed) == std::vector{ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3")});
    const Lease& lease = parsed.leases[1];
    CHECK(lease.hardware.has_value() == (wrong.key != "mac-address"));
    CHECK(lease.hostname == (wrong.key == "hostname" ? "" : "web"));
    CHECK_FALSE(lease.name_refused);
    CHECK(lease.domain == (wrong.key == "domain" ? "" : "lan"));
    CHECK(lease.client_id.size() == (wrong.key == "client-id" ? 0 : 2));
    CHECK(lease.server_duid.size() == (wrong.key == "server-duid" ? 0 : 2));
    CHECK(lease.iaid.has_value() == (wrong.key != "iaid"));
    CHECK((lease.changed == ChangeTime{1'000'000'000}) == (wrong.key != "last-change"));
  }
}

TEST_CASE("a name that is not a host label is a refused one") {
  const std::string longest(kMaxClientName, 'b');
  for (const std::string& name : {std::string("_srv"),
                                  std::string("\xc3\xbc"
                                              "ber"),
                                  std::string("host:9091"), std::string("bob's"), std::string("x.y"),
                                  std::string("../x"), std::string("-rf"), std::string("$(id)"), longest}) {
    CAPTURE(name);
    for (const std::string_view key : {"hostname", "refused-hostname"}) {
      const ParsedFile parsed =
          parse_status(with_member('"' + std::string(key) + "\": \"" + name + '"'), "br0", kUnknown);
      CHECK(parsed.damage.empty());
      CHECK(parsed.problems.empty());
      REQUIRE(parsed.leases.size() == 3);
      CHECK(parsed.leases[1].hostname == name);
      CHECK(parsed.leases[1].name_refused);
    }
  }
  CHECK_FALSE(
      parse_status(with_member("\"hostname\": \"" + longest + "b\""), "br0", kUnknown).problems.empty());
  CHECK_FALSE(parse_status(with_member(R"("hostname": "vm--")"), "br0", kUnknown).leases[1].name_refused);
}

TEST_CASE("of a key that is there twice the last counts") {
  const ParsedFile parsed = parse_status(
      with_member(R"("hostname": "a b", "hostname": "web", "ip-address": "10.0.0.9", "expiry-time": 9)"),
      "br0", kUnknown);
  CHECK(addresses(parsed) == std::vector{ip("10.0.0.1"), ip("10.0.0.9"), ip("10.0.0.3")});
  CHECK(parsed.leases[1].hostname == "web");
  CHECK(parsed.leases[1].expiry.seconds == 9);
}

TEST_CASE("a record without an address or an expiry is not one") {
  for (const std::string_view record :
       {R"({"expiry-time": 1})", R"({"ip-address": "10.0.0.1"})", "{}", "[]", "1", "null", "\"text\""}) {
    CAPTURE(record);
    const ParsedFile parsed = parse_status('[' + std::string(record) + ']', "br0", kUnknown);
    CHECK(parsed.damage.empty());
    REQUIRE(parsed.problems.size() == 1);
    CHECK(parsed.problems.first()[0].where == "record 1");
    CHECK(parsed.leases.empty());
  }
}

TEST_CASE("an identifier of 255 bytes is read; a longer one, or one that is cut, is none") {
  std::string text = "00";
  for (int i = 1; i < 255; ++i) text += ":00";
  for (const std::string& identifier : {text, text + ":00", text + ":", std::string("ab:")}) {
    CAPTURE(identifier.size());
    for (const std::string_view key : {"client-id", "server-duid"}) {
      const ParsedFile parsed =
          parse_status(with_member('"' + std::string(key) + "\": \"" + identifier + '"'), "br0", kUnknown);
      CHECK(parsed.damage.empty());
      CHECK(parsed.problems.empty());
      REQUIRE(parsed.leases.size() == 3);
      CHECK(parsed.leases[1].client_id.size() + parsed.leases[1].server_duid.size() ==
            (identifier == text ? 255 : 0));
    }
  }
}

TEST_CASE("of several records of one address the last counts") {
  const ParsedFile parsed = parse_status(
      R"([{"ip-address": "10.0.0.1", "expiry-time": 1, "hostname": "old"}, {"ip-address": "10.0.0.2", "expiry-time": 2},
          {"ip-address": "10.0.0.1", "expiry-time": 3, "hostname": "new"}])",
      "br0", kUnknown);
  CHECK(addresses(parsed) == std::vector{ip("10.0.0.2"), ip("10.0.0.1")});
  CHECK(parsed.leases.back().hostname == "new");
}

TEST_CASE("records without a time of change get one, later ones a later one") {
  std::string text = "[";
  for (int i = 1; i < 100; ++i)
    text += R"({"ip-address": "10.0.0.)" + std::to_string(i) + R"(", "expiry-time": 0},)";
  text.back() = ']';
  const ParsedFile parsed = parse_status(text, "br0", kUnknown);
  REQUIRE(parsed.leases.size() == 99);
  CHECK(parsed.leases.front().changed == kUnknown);
  for (std::size_t i = 1; i < parsed.leases.size(); ++i) {
    CHECK(parsed.leases[i - 1].changed < parsed.leases[i].changed);
  }
}

TEST_CASE("what is no JSON array is damage") {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("null"), std::string("\0", 1), std::string("\xff\xfe"),
        std::string("[}"), std::string("[1,]"), std::string("[] []"), std::string(100, '['),
        std::string(100'000, '['), std::string("\xef\xbb\xbf")}) {
    CAPTURE(text.substr(0, 20));
    const ParsedFile parsed = parse_status(text, "br0", kUnknown);
    CHECK_FALSE(parsed.damage.empty());
    CHECK(parsed.leases.empty());
  }
}

TEST_CASE("a file that ends too early keeps every record that is whole") {
  const std::vector<OwnedLease> leases = several(4);
  const std::string text = status_text(views_of(leases));
  const std::size_t content = text.find_last_not_of('\n');
  for (std::size_t length = 0; length <= content; ++length) {
    CAPTURE(length);
    const ParsedFile parsed = parse_status(std::string_view(text).substr(0, length), "br0", kUnknown);
    CHECK_FALSE(parsed.damage.empty());
    const auto closed =
        static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(length), '}'));
    std::vector<Lease> expected = views_of(leases);
    expected.resize(closed);
    CHECK(parsed.leases == expected);
  }
}

TEST_CASE("a block of zeros, as a crash may leave it, costs the records in it only") {
  const std::vector<OwnedLease> leases = several(9);
  std::string text = status_text(views_of(leases));
  const std::size_t begin = text.find("10.0.0.5");
  std::fill_n(text.begin() + static_cast<long>(begin), 100, '\0');
  const ParsedFile parsed = parse_status(text, "br0", kUnknown);
  CHECK_FALSE(parsed.damage.empty());
  const auto found = addresses(parsed);
  for (const std::size_t kept : {0U, 1U, 2U, 3U, 5U, 6U, 7U, 8U}) {
    CAPTURE(kept);
    CHECK(std::count(found.begin(), found.end(), leases[kept].address) == 1);
  }
  CHECK(std::count(found.begin(), found.end(), leases[4].address) == 0);
}

TEST_CASE("any byte may be any other and nothing but what was there is read") {
  const std::vector<OwnedLease> leases = several(3);
  const std::string sound = status_text(views_of(leases));
  std::mt19937 random(8);
  for (int round = 0; round < 5'000; ++round) {
    std::string text = sound;
    for (unsigned hits = 1 + random() % 4; hits > 0; --hits)
      text[random() % text.size()] = static_cast<char>(random());
    const ParsedFile parsed = parse_status(text, "br0", kUnknown);
    CHECK(parsed.leases.size() <= leases.size());
    for (const Lease& lease : parsed.leases) {
      CHECK(lease.network == "br0");
      CHECK((lease.hostname.empty() || is_host_label(lease.hostname) || lease.name_refused));
      CHECK((lease.domain.empty() || is_domain_name(lease.domain)));
    }
  }
}

TEST_SUITE_END();

}  // namespace leases::test
