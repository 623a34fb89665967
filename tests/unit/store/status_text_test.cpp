#include "store/status_text.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

/// Up to eight leases at addresses of which one is the beginning of another.
std::vector<OwnedLease> several(std::size_t count) {
  constexpr const char* kLastParts[] = {"1", "11", "111", "12"};
  std::vector<OwnedLease> leases;
  for (std::size_t i = 0; i < count; ++i) {
    leases.push_back(i % 2 == 0 ? full_v4() : full_v6());
    leases.back().address = ip((i % 2 == 0 ? "10.0.0." : "fd00::") + std::string(kLastParts[i / 2]));
    leases.back().changed += i;
  }
  return leases;
}

std::string joined(const TextPieces& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("status_text");

TEST_CASE("a record has libvirt's keys in libvirt's order, and then ours") {
  CHECK(status_text({full_v4().lease(), full_v6().lease()}) == R"([
  {
    "ip-address": "10.77.1.196",
    "mac-address": "02:00:00:00:00:01",
    "hostname": "Alpha",
    "client-id": "01:02:00:00:00:00:01",
    "expiry-time": 4102444800,
    "domain": "lan.example",
    "last-change": "1700000000.000000001"
  },
  {
    "iaid": "33554438",
    "ip-address": "fd77:1::1a2b",
    "mac-address": "02:00:00:00:00:06",
    "hostname": "six",
    "client-id": "00:01:00:01:2a:3b:4c:5d:02:00:00:00:00:06",
    "server-duid": "00:01:00:01:2a:00:00:01:52:54:00:12:34:56",
    "expiry-time": 4102444801,
    "domain": "lan.example",
    "last-change": "1700000000.000000002"
  }
]
)");
}

TEST_CASE("what is not known is left out") {
  OwnedLease bare;
  bare.address = ip("10.0.0.1");
  CHECK(status_text({bare.lease()}) == R"([
  {
    "ip-address": "10.0.0.1",
    "expiry-time": 0,
    "last-change": "0.000000000"
  }
]
)");
}

TEST_CASE("a refused name has a key of its own, so that libvirt's readers do not see it") {
  OwnedLease refused = full_v4();
  refused.name_refused = true;
  CHECK(record_text(refused.lease()) == R"(  {
    "ip-address": "10.77.1.196",
    "mac-address": "02:00:00:00:00:01",
    "client-id": "01:02:00:00:00:00:01",
    "expiry-time": 4102444800,
    "refused-hostname": "Alpha",
    "domain": "lan.example",
    "last-change": "1700000000.000000001"
  })");
}

TEST_CASE("in libvirt's own file a refused name is written as libvirt's helper does") {
  OwnedLease refused = full_v4();
  refused.name_refused = true;
  for (const std::string_view name : {"vm--", "101", "_srv", "localhost", "x\"y\\z"}) {
    refused.hostname = name;
    Lease lease = refused.lease();
    lease.source = "/var/lib/libvirt/dnsmasq/virbr0.status";
    const std::string written = name == "x\"y\\z" ? R"(x\"y\\z)" : std::string(name);
    CHECK(record_text(lease).find("\n    \"hostname\": \"" + written + "\",\n") != std::string::npos);
    CHECK(record_text(lease).find("refused") == std::string::npos);
    CHECK(record_text(refused.lease()).find("\n    \"refused-hostname\": \"" + written + "\",\n") !=
          std::string::npos);
  }
}

TEST_CASE("no leases are an empty array") {
  CHECK(status_text({}) == "[]\n");
}

TEST_CASE("to edit the text is to write the edited list, at every position") {
  for (std::size_t count = 0; count <= 7; ++count) {
    const std::vector<OwnedLease> leases = several(count);
    const std::string text = status_text(views_of(leases));
    OwnedLease added = full_v4();
    added.changed += 100;
    const std::string record = record_text(added.lease());

    std::vector<Lease> with_added = views_of(leases);
    with_added.push_back(added.lease());
    const auto appended = edit_status_text(text, {}, record);
    REQUIRE(appended);
    CHECK(joined(*appended) == status_text(with_added));

    for (std::size_t position = 0; position < count; ++position) {
      CAPTURE(count);
      CAPTURE(position);
      std::vector<Lease> expected = views_of(leases);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(position));
      const auto removed = edit_status_text(text, leases[position].address, "");
      REQUIRE(removed);
      CHECK(joined(*removed) == status_text(expected));

      added.address = leases[position].address;
      const std::string again = record_text(added.lease());
      expected.push_back(added.lease());
      const auto replaced = edit_status_text(text, leases[position].address, again);
      REQUIRE(replaced);
      CHECK(joined(*replaced) == status_text(expected));
    }
  }
}

TEST_CASE("an edit that changes nothing gives the same text") {
  for (const std::size_t count : {0U, 1U, 3U}) {
    const std::string text = status_text(views_of(several(count)));
    const auto pieces = edit_status_text(text, {}, "");
    REQUIRE(pieces);
    CHECK(joined(*pieces) == text);
  }
}

TEST_CASE("a record that is not there is not missed") {
  const std::string text = status_text(views_of(several(3)));
  for (const std::string_view address : {"10.0.0.2", "0.0.0.1", "10.0.0.111", "fd00::"}) {
    CAPTURE(address);
    const auto pieces = edit_status_text(text, ip(address), "");
    REQUIRE(pieces);
    CHECK(joined(*pieces) == text);
  }
  CHECK(joined(*edit_status_text("[]\n", ip("10.0.0.1"), "")) == "[]\n");
}

TEST_CASE("what is not a JSON array is not edited") {
  const std::string text = status_text(views_of(several(2)));
  for (const std::string& other :
       {std::string(), std::string("null\n"), std::string("[\n  garbage\n]\n"), std::string("[\n  {\n]\n"),
        std::string("{}\n"), std::string("[1,]"), std::string("[,1]"), std::string("[] []"),
        std::string("[\"]"), std::string("[\"\\\"]"), std::string("[1}"), std::string("]"), "x" + text,
        text + ']'}) {
    CAPTURE(other);
    CHECK_FALSE(edit_status_text(other, {}, record_text(full_v4().lease())));
    CHECK_FALSE(edit_status_text(other, ip("10.0.0.1"), ""));
    CHECK_FALSE(remove_records(other, {ip("10.0.0.1")}));
  }
}

TEST_CASE("a text that ends anywhere before its end is not edited") {
  const std::string text = status_text(views_of(several(2)));
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(
        edit_status_text(std::string_view(text).substr(0, length), {}, record_text(full_v4().lease())));
  }
}

TEST_CASE("a text that was laid out by somebody else is edited, and the other elements keep their bytes") {
  const std::string kept_1 =
      R"({"hostname":"a\"b\\", "ip-address" :"10.0.0.2",)"
      "\n\t\"x\": {\"ip-address\": \"10.0.0.1\", \"y\": [[{}], \"}]\"]}, \"expiry-time\":0 }";
  const std::string kept_2 = "  5.0e1";
  const std::string kept_3 = R"({"note": "10.0.0.1", "ip-address": null})";
  const std::string kept_4 = R"({"ip-address": "10.0.0.1", "ip-address": "10.0.0.3"})";
  const std::string gone_1 = R"({ "expiry-time": "?", "ip-address":	"10.0.0.1"})";
  const std::string gone_2 = R"({"ip-address": "10.0.0.3", "ip-address": "10.0.0.1"})";
  const std::string record = record_text(full_v4().lease());
  for (const std::string_view between : {",", " ,\n", ",\n  "}) {
    std::string text = " [";
    for (const std::string& element : {gone_1, kept_1, kept_2, gone_2, kept_3, kept_4, gone_1})
      text += (text.size() > 2 ? std::string(between) : "") + element;
    text += "\n ]";
    const auto pieces = edit_status_text(text, ip("10.0.0.1"), record);
    REQUIRE(pieces);
    CHECK(joined(*pieces) == "[\n  " + kept_1 + ",\n  " + kept_2.substr(2) + ",\n  " + kept_3 + ",\n  " +
                                 kept_4 + ",\n" + record + "\n]\n");
    const std::string edited = joined(*pieces);
    const auto again = edit_status_text(edited, full_v4().address, "");
    REQUIRE(again);
    CHECK(joined(*again) == joined(*edit_status_text(text, ip("10.0.0.1"), "")));
  }
}

TEST_CASE("an empty array of any layout takes a record") {
  const std::string record = record_text(full_v4().lease());
  for (const std::string_view text : {"[]", "[ ]\n", "[\n]\n", "[\n\n]\n", "[]\n\n", "\t[\r\n]"}) {
    CAPTURE(text);
    CHECK(joined(*edit_status_text(text, ip("10.0.0.1"), record)) == status_text({full_v4().lease()}));
    CHECK(joined(*edit_status_text(text, {}, "")) == "[]\n");
  }
}

TEST_CASE("every record of an address is taken out, however it is written") {
  std::vector<OwnedLease> leases = several(4);
  leases[1].address = ip("fd00::1");
  const std::string text = status_text(views_of(leases));
  SUBCASE("twice in our own layout") {
    std::string twice = text;
    twice.insert(twice.size() - 3, ",\n" + record_text(leases[0].lease()));
    CHECK(joined(*edit_status_text(twice, leases[0].address, "")) ==
          status_text({leases[1].lease(), leases[2].lease(), leases[3].lease()}));
  }
  SUBCASE("in other digits") {
    std::string other = text;
    other.replace(other.find("fd00::1"), 7, "FD00:0::01");
    CHECK(joined(*edit_status_text(other, leases[1].address, "")) ==
          status_text({leases[0].lease(), leases[2].lease(), leases[3].lease()}));
  }
  SUBCASE("as the last key") {
    std::string other = text;
    const std::string member =
        "    \"ip-address\": \"" + std::string(IpText(leases[0].address).view()) + "\",\n";
    other.erase(other.find(member), member.size());
    other.insert(other.find("\n  }"), ",\n" + member.substr(0, member.size() - 2));
    CHECK(joined(*edit_status_text(other, leases[0].address, "")) ==
          status_text({leases[1].lease(), leases[2].lease(), leases[3].lease()}));
  }
}

TEST_CASE("a record that has another address at last is not taken for one of the first") {
  std::string text = status_text(views_of(several(2)));
  text.insert(text.find("    \"expiry-time\""), "    \"ip-address\": \"10.0.0.9\",\n");
  const auto pieces = edit_status_text(text, several(2)[0].address, "");
  REQUIRE(pieces);
  CHECK(joined(*pieces) == text);
  CHECK(joined(*edit_status_text(text, ip("10.0.0.9"), "")) == status_text({several(2)[1].lease()}));
}

TEST_CASE("a record that ends otherwise than ours does is not taken for one with the next") {
  std::string text = status_text(views_of(several(3)));
  text.replace(text.find("\n  },"), 4, "\n\t }");
  const auto pieces = edit_status_text(text, several(3)[0].address, "");
  REQUIRE(pieces);
  CHECK(joined(*pieces) == status_text({several(3)[1].lease(), several(3)[2].lease()}));
}

TEST_CASE("several addresses are taken out at once") {
  const std::vector<OwnedLease> leases = several(8);
  const std::string text = status_text(views_of(leases));
  CHECK(joined(*remove_records(text,
                               {leases[6].address, leases[0].address, ip("10.9.9.9"), leases[3].address})) ==
        status_text(
            {leases[1].lease(), leases[2].lease(), leases[4].lease(), leases[5].lease(), leases[7].lease()}));
  std::vector<IpAddress> all;
  for (const OwnedLease& lease : leases) all.push_back(lease.address);
  CHECK(joined(*remove_records(text, all)) == "[]\n");
  CHECK(joined(*remove_records(text, {})) == text);
}

TEST_CASE("keys that a later release may add are kept in the other records") {
  std::string text = status_text(views_of(several(2)));
  const std::string added = ",\n    \"colour\": \"blue\"";
  text.insert(text.find("\n  }"), added);
  const auto pieces = edit_status_text(text, several(2)[1].address, "");
  REQUIRE(pieces);
  CHECK(joined(*pieces).find(added) != std::string::npos);
}

TEST_CASE("a time of change has nine digits after the point, as in a status file") {
  CHECK(decimal_time({0}) == "0.000000000");
  CHECK(decimal_time({1'700'000'000'000'000'007}) == "1700000000.000000007");
}

TEST_SUITE_END();

}  // namespace leases::test
