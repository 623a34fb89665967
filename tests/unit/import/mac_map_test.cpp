#include "import/mac_map.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/host_name.h"

namespace leases::test {

namespace {

/// Each guest as "address name", joined by commas.
std::string guests_of(const ParsedFile& map) {
  std::string text;
  for (const Guest& guest : map.guests) {
    if (!text.empty()) text += ", ";
    text.append(HardwareText(guest.hardware).view()).append(" ").append(guest.name);
  }
  return text;
}

/// In libvirt's own layout.
constexpr std::string_view kLibvirt = R"([
  {
    "domain": "web",
    "macs": [
      "52:54:00:8c:2e:01",
      "52:54:00:01:00:02"
    ]
  },
  {
    "domain": "db.prod",
    "macs": [
      "52:54:00:8C:2E:00"
    ]
  }
]
)";

}  // namespace

TEST_SUITE_BEGIN("mac_map");

TEST_CASE("libvirt's file is read, in the order of the addresses") {
  const ParsedFile map = parse_mac_map(kLibvirt);
  CHECK(map.damage.empty());
  CHECK(map.problems.empty());
  CHECK(guests_of(map) == "52:54:00:01:00:02 web, 52:54:00:8c:2e:00 db.prod, 52:54:00:8c:2e:01 web");
}

TEST_CASE("the guests own their names") {
  std::string text(kLibvirt);
  const ParsedFile map = parse_mac_map(text);
  std::ranges::fill(text, 'x');
  CHECK(guests_of(map) == "52:54:00:01:00:02 web, 52:54:00:8c:2e:00 db.prod, 52:54:00:8c:2e:01 web");
}

TEST_CASE("a file of nobody has nobody") {
  for (const std::string_view text :
       {"[]", " [ ]\n", R"([{"domain": "web", "macs": []}])", R"([{"domain": "vm 1", "macs": []}])"}) {
    CAPTURE(text);
    const ParsedFile map = parse_mac_map(text);
    CHECK(map.damage.empty());
    CHECK(map.problems.empty());
    CHECK(map.guests.empty());
  }
}

TEST_CASE("of several guests of one address the last comes first") {
  const ParsedFile map = parse_mac_map(
      R"([{"domain": "a", "macs": ["52:54:00:00:00:01"]}, {"domain": "b", "macs": ["52:54:00:00:00:01"]},
          {"domain": "c", "macs": ["52:54:00:00:00:01:00", "06-52:54:00:00:00:01"]}])");
  CHECK(map.damage.empty());
  CHECK(map.problems.empty());
  CHECK(guests_of(map) ==
        "52:54:00:00:00:01 b, 52:54:00:00:00:01 a, 52:54:00:00:00:01:00 c, 06-52:54:00:00:00:01 c");
}

TEST_CASE("keys that are not known are passed over") {
  const ParsedFile map = parse_mac_map(
      R"([{"uuid": [{"macs": 1}], "macs": ["52:54:00:00:00:01"], "domain": "a", "id": {"domain": null}}])");
  CHECK(map.damage.empty());
  CHECK(map.problems.empty());
  CHECK(guests_of(map) == "52:54:00:00:00:01 a");
}

TEST_CASE("a guest whose name cannot be looked up is left out without damage") {
  for (const std::string_view name : {"vm 1", "", ".", "a.", ".a", "a..b", "-a", "a.-b", "caf\xc3\xa9",
                                      "a\\u0000b", "a\\nb", "../a", "_a", "localhost", "web.localhost"}) {
    CAPTURE(name);
    const ParsedFile map = parse_mac_map(R"([{"domain": ")" + std::string(name) +
                                         R"(", "macs": ["52:54:00:00:00:01"]},
                                              {"domain": "a-1.b_2.C", "macs": ["52:54:00:00:00:02"]}])");
    CHECK_MESSAGE(map.damage.empty(), map.damage);
    CHECK(map.problems.empty());
    CHECK(guests_of(map) == "52:54:00:00:00:02 a-1.b_2.C");
  }
  const std::string label(kMaxLabel, 'a');
  const std::string longest = label + '.' + label + '.' + label + '.';
  const auto guests_called = [](const std::string& name) {
    return parse_mac_map(R"([{"domain": ")" + name + R"(", "macs": ["52:54:00:00:00:01"]}])").guests.size();
  };
  CHECK(guests_called(label) == 1);
  CHECK(guests_called(label + "a") == 0);
  CHECK(guests_called(longest + std::string(kMaxName - longest.size(), 'a')) == 1);
  CHECK(guests_called(longest + std::string(kMaxName - longest.size() + 1, 'a')) == 0);
}

TEST_CASE("what is wrong is named, and the rest is used") {
  struct Wrong {
    std::string_view entry;
    std::string_view what;
    std::string_view also;
  };
  for (const Wrong& wrong : {
           Wrong{"1", "not an object", ""},
           Wrong{"[]", "not an object", ""},
           Wrong{"null", "not an object", ""},
           Wrong{"{}", "'domain'", ""},
           Wrong{R"({"macs": ["52:54:00:00:00:02"]})", "'domain'", ""},
           Wrong{R"({"domain": 1, "macs": ["52:54:00:00:00:02"]})", "'domain'", ""},
           Wrong{R"({"domain": "b"})", "'macs'", ""},
           Wrong{R"({"domain": "b", "macs": "52:54:00:00:00:02"})", "'macs' has to be a list", ""},
           Wrong{R"({"domain": "b", "macs": [1, "52:54:00:00:00:02"]})", "not a MAC",
                 "52:54:00:00:00:02 b, "},
           Wrong{R"({"domain": "b", "macs": ["52:54:00:00:00:02", "x"]})", "not a MAC",
                 "52:54:00:00:00:02 b, "},
           Wrong{R"({"domain": "b", "macs": [""]})", "not a MAC", ""},
           Wrong{R"({"domain": "b", "macs": ["20-"]})", "not a MAC", ""},
           Wrong{R"({"domain": "vm 1", "macs": ["5"]})", "not a MAC", ""},
       }) {
    CAPTURE(wrong.entry);
    const ParsedFile map =
        parse_mac_map(R"([{"domain": "a", "macs": ["52:54:00:00:00:01"]}, )" + std::string(wrong.entry) +
                      R"(, {"domain": "c", "macs": ["52:54:00:00:00:03"]}, 5])");
    CHECK_MESSAGE(map.damage.empty(), map.damage);
    REQUIRE(map.problems.size() == 2);
    CHECK(map.problems.first()[0].where == "entry 2");
    CHECK_MESSAGE(map.problems.first()[0].what.find(wrong.what) != std::string::npos,
                  map.problems.first()[0].what);
    CHECK(map.problems.first()[1].where == "entry 4");
    CHECK(guests_of(map) == "52:54:00:00:00:01 a, " + std::string(wrong.also) + "52:54:00:00:00:03 c");
  }
}

TEST_CASE("a file that is not whole says so") {
  CHECK(parse_mac_map("").damage == "is empty");
  const std::string_view whole = kLibvirt.substr(0, kLibvirt.rfind(']') + 1);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CAPTURE(size);
    const ParsedFile map = parse_mac_map(kLibvirt.substr(0, size));
    CHECK(map.damage == "is not a whole JSON array");
    CHECK(map.guests.empty());
  }
  for (const std::string_view text : {"{}", "1", "\"a\"", "null", "[] []", "[\xff]", "not JSON"}) {
    CAPTURE(text);
    CHECK(parse_mac_map(text).damage == "is not a whole JSON array");
  }
}

TEST_SUITE_END();

}  // namespace leases::test
