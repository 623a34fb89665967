#include "helper/status_text.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support.h"

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
  for (const std::size_t count : {0, 1, 3}) {
    const std::string text = status_text(views_of(several(count)));
    const auto pieces = edit_status_text(text, {}, "");
    REQUIRE(pieces);
    CHECK(joined(*pieces) == text);
  }
}

TEST_CASE("a record that is not there cannot be removed") {
  const std::string text = status_text(views_of(several(3)));
  for (const std::string_view address : {"10.0.0.2", "0.0.0.1", "10.0.0.111", "fd00::"}) {
    CAPTURE(address);
    CHECK_FALSE(edit_status_text(text, ip(address), ""));
  }
  CHECK_FALSE(edit_status_text("[]\n", ip("10.0.0.1"), ""));
}

TEST_CASE("a text that was laid out by somebody else is not edited") {
  const std::string text = status_text(views_of(several(2)));
  std::string libvirt = text.substr(0, text.size() - 1);
  for (const std::string& other :
       {std::string(), std::string("[]"), std::string("[]\n\n"), std::string("[ ]\n"), std::string("null\n"),
        std::string("[\n]\n"), std::string("[\n\n]\n"), libvirt, ' ' + text, text + '\n',
        "[" + text.substr(2), std::string("[\n  garbage\n]\n"), std::string("[\n  {\n]\n"),
        std::string("{}\n"), std::string("[{\"ip-address\": \"10.0.0.1\", \"expiry-time\": 0}]\n")}) {
    CAPTURE(other);
    CHECK_FALSE(edit_status_text(other, {}, record_text(full_v4().lease())));
    CHECK_FALSE(edit_status_text(other, ip("10.0.0.1"), ""));
  }
}

TEST_CASE("a text that ends anywhere before its end is not edited") {
  const std::string text = status_text(views_of(several(2)));
  for (std::size_t length = 0; length < text.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(
        edit_status_text(std::string_view(text).substr(0, length), {}, record_text(full_v4().lease())));
  }
}

TEST_CASE("keys that a later release may add are kept in the other records") {
  std::string text = status_text(views_of(several(2)));
  const std::string added = ",\n    \"colour\": \"blue\"";
  text.insert(text.find("\n  }"), added);
  const auto pieces = edit_status_text(text, several(2)[1].address, "");
  REQUIRE(pieces);
  CHECK(joined(*pieces).find(added) != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::test
