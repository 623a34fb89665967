#include "share/peer_leases.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "share/host_sign.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "util/clock.h"
#include "util/error.h"

namespace leases::test {

using namespace leases::share;

namespace {

constexpr std::uint64_t kHour = 3600;

class Peers {
 public:
  Peers() : peers_(settings_, directory_.path(), "me") {}

  void put(const std::string& host, const std::string& address, const std::string& name,
           std::uint64_t expiry) {
    peers_.put(record_key(host, "lab", ip(address)),
               R"({"ip-address": ")" + address + R"(","hostname": ")" + name + R"(","expiry-time": )" +
                   std::to_string(expiry) + R"(,"last-change": "1.000000000"})",
               Moment::present, now());
  }
  void remove(const std::string& host, const std::string& address) {
    peers_.remove(record_key(host, "lab", ip(address)));
  }
  void sign(const std::string& host, EpochSeconds time, Moment moment = Moment::present) {
    peers_.put(host_key(host), HostSign{"i", time}.text(), moment, now());
  }
  /// Brings the files up to date. Nothing if there is none for this host.
  std::string file(const std::string& host) {
    if (peers_.any_to_write()) peers_.write();
    const std::string path = directory_.path() + '/' + host + "/lab.status";
    return std::filesystem::exists(path) ? read_file(path) : std::string();
  }
  bool has(const std::string& host, const std::string& text) {
    return file(host).find(text) != std::string::npos;
  }

  ShareSettings settings_;
  TemporaryDirectory directory_;
  PeerLeases peers_;
};

std::string expiry_text(std::uint64_t seconds) {
  return "\"expiry-time\": " + std::to_string(seconds);
}

}  // namespace

TEST_SUITE_BEGIN("peer_leases");

TEST_CASE("a host has a file, which goes with its last lease") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.put("hv1", "10.0.0.2", "db", 0);
  peers.put("hv2", "10.0.0.1", "other", 0);
  CHECK(peers.has("hv1", "\"web\""));
  CHECK(peers.has("hv1", "\"db\""));
  CHECK(peers.has("hv2", "\"other\""));
  peers.put("hv1", "10.0.0.1", "www", 0);
  CHECK_FALSE(peers.has("hv1", "\"web\""));
  CHECK(peers.has("hv1", "\"www\""));
  peers.remove("hv1", "10.0.0.1");
  CHECK_FALSE(peers.has("hv1", "\"www\""));
  peers.remove("hv1", "10.0.0.2");
  CHECK(peers.file("hv1").empty());
  CHECK_FALSE(std::filesystem::exists(peers.directory_.path() + "/hv1"));
}

TEST_CASE("this host's own leases are left out") {
  Peers peers;
  peers.put("me", "10.0.0.1", "web", 0);
  CHECK_FALSE(peers.peers_.any_to_write());
}

TEST_CASE("what is told again unchanged leaves the file alone") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.file("hv1");
  peers.put("hv1", "10.0.0.1", "web", 0);
  CHECK_FALSE(peers.peers_.any_to_write());
}

TEST_CASE("what is not told when all is told is gone, and so are files of hosts that nobody knows") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.put("hv1", "10.0.0.2", "db", 0);
  peers.put("hv2", "10.0.0.3", "other", 0);
  peers.file("hv1");
  std::filesystem::create_directories(peers.directory_.path() + "/old");
  write_file(peers.directory_.path() + "/old/lab.status", "[]\n");
  peers.peers_.begin_all();
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.peers_.end_all();
  CHECK(peers.has("hv1", "\"web\""));
  CHECK_FALSE(peers.has("hv1", "\"db\""));
  CHECK(peers.file("hv2").empty());
  CHECK(peers.file("old").empty());
}

TEST_CASE("the times of a host whose clock is off are moved") {
  for (const bool is_ahead : {true, false}) {
    CAPTURE(is_ahead);
    Peers peers;
    const std::uint64_t present = now().value;
    const std::uint64_t its = is_ahead ? present + kHour : present - kHour;
    peers.put("hv1", "10.0.0.1", "web", its + 600);
    peers.sign("hv1", {its});
    const std::string text = peers.file("hv1");
    bool is_moved = false;
    for (std::uint64_t s = present + 598; s <= present + 605; ++s)
      is_moved = is_moved || text.find(expiry_text(s)) != std::string::npos;
    CHECK_MESSAGE(is_moved, text);
  }
}

TEST_CASE("a clock that is right within a second or two moves nothing, and infinite leases stay") {
  Peers peers;
  const std::uint64_t present = now().value;
  peers.put("hv1", "10.0.0.1", "web", present + 600);
  peers.put("hv1", "10.0.0.2", "db", 0);
  peers.sign("hv1", {present - 1});
  CHECK(peers.has("hv1", expiry_text(present + 600)));
  peers.sign("hv1", {present - kHour});
  CHECK(peers.has("hv1", expiry_text(0)));
}

TEST_CASE("a sign that was found later counts only until there is another") {
  Peers peers;
  const std::uint64_t present = now().value;
  peers.put("hv1", "10.0.0.1", "web", present + 600);
  peers.sign("hv1", {present - 50}, Moment::past);
  CHECK_FALSE(peers.has("hv1", expiry_text(present + 600)));
  peers.sign("hv1", {present});
  CHECK(peers.has("hv1", expiry_text(present + 600)));
  peers.sign("hv1", {present - 50}, Moment::past);
  CHECK(peers.has("hv1", expiry_text(present + 600)));
}

TEST_CASE("a change is never in the future") {
  Peers peers;
  peers.peers_.put(record_key("hv1", "lab", ip("10.0.0.1")),
                   R"({"ip-address": "10.0.0.1","expiry-time": 0,"last-change": "9999999999.000000000"})",
                   Moment::present, now());
  CHECK_FALSE(peers.has("hv1", "9999999999"));
}

TEST_CASE("the policy of a host counts for its leases") {
  Peers peers;
  peers.settings_.all.names = std::vector<std::string>{"a-*"};
  peers.settings_.peers["hv2"].names = std::vector<std::string>{"b-*"};
  for (const char* host : {"hv1", "hv2"}) {
    peers.put(host, "10.0.0.1", "a-1", 0);
    peers.put(host, "10.0.0.2", "b-1", 0);
  }
  CHECK(peers.has("hv1", "a-1"));
  CHECK_FALSE(peers.has("hv1", "b-1"));
  CHECK_FALSE(peers.has("hv2", "a-1"));
  CHECK(peers.has("hv2", "b-1"));
}

TEST_CASE("what cannot be used takes the place of nothing else") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.peers_.put(record_key("hv1", "lab", ip("10.0.0.2")), "{\"ip-address\": \"10.0.0.1\"", Moment::present,
                   now());
  peers.peers_.put("/nss-leases/v1/../etc/10.0.0.1", "{}", Moment::present, now());
  CHECK(peers.has("hv1", "web"));
  CHECK(peers.file("hv1").find("10.0.0.2") == std::string::npos);
}

TEST_CASE("hosts that are not among those that are let in do not count") {
  Peers peers;
  peers.settings_.hosts = std::vector<std::string>{"hv*"};
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.put("com", "10.0.0.2", "google", 0);
  CHECK(peers.has("hv1", "web"));
  CHECK(peers.file("com").empty());
}

TEST_CASE("a time that no clock has is no sign of a host's") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 5000);
  peers.sign("hv1", {~std::uint64_t{0}});
  peers.sign("hv1", {std::uint64_t{1} << 63U});
  CHECK(peers.has("hv1", expiry_text(5000)));
}

TEST_CASE("hosts beyond the limit are left out") {
  Peers peers;
  for (std::size_t n = 0; n <= PeerLeases::kMostHosts; ++n)
    peers.put("h" + std::to_string(n), "10.0.0.1", "web", 0);
  CHECK(peers.has("h0", "web"));
  CHECK(peers.file("h" + std::to_string(PeerLeases::kMostHosts)).empty());
}

TEST_CASE("files stay as they are until everything has been told") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.put("hv1", "10.0.0.2", "db", 0);
  CHECK(peers.has("hv1", "\"db\""));
  PeerLeases& again = peers.peers_;
  again.begin_all();
  peers.put("hv1", "10.0.0.1", "www", 0);
  CHECK_FALSE(again.any_to_write());
  CHECK(peers.has("hv1", "\"web\""));
  again.end_all();
  CHECK(peers.has("hv1", "\"www\""));
  CHECK_FALSE(peers.has("hv1", "\"db\""));
}

TEST_CASE("a host whose file cannot be written keeps no other's from it") {
  Peers peers;
  write_file(peers.directory_.path() + "/hv1", "");
  peers.put("hv1", "10.0.0.1", "web", 0);
  peers.put("hv2", "10.0.0.1", "web", 0);
  CHECK_THROWS_AS(peers.peers_.write(), Error);
  CHECK(read_file(peers.directory_.path() + "/hv2/lab.status").find("web") != std::string::npos);
  CHECK(peers.peers_.any_to_write());
}

TEST_CASE("what goes makes room again") {
  Peers peers;
  peers.put("hv1", "10.0.0.1", "web", 0);
  const std::size_t one = peers.peers_.byte_count();
  CHECK(one > 0);
  peers.put("hv1", "10.0.0.1", "web-1", 0);
  CHECK(peers.peers_.byte_count() == one + 2);
  peers.put("hv2", "10.0.0.1", "web", 0);
  peers.remove("hv1", "10.0.0.1");
  CHECK(peers.peers_.byte_count() == one);
  peers.peers_.begin_all();
  peers.peers_.end_all();
  CHECK(peers.peers_.byte_count() == 0);
  CHECK(peers.file("hv2").empty());
}

TEST_SUITE_END();

}  // namespace leases::test
