#include "helper/lease_event.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

using Arguments = std::vector<std::string_view>;
using Variables = std::map<std::string, std::string>;

constexpr EpochSeconds kNow{1'700'000'000};
const Arguments kAddV4{"add", "02:00:00:00:00:01", "10.77.1.196", "alpha"};
const Arguments kAddV6{"add", "00:01:00:01:02:03", "fd00::5", "six"};
const Variables kV4{{"DNSMASQ_LEASE_EXPIRES", "1700000600"},
                    {"DNSMASQ_INTERFACE", "br0"},
                    {"DNSMASQ_DOMAIN", "lan.example"},
                    {"DNSMASQ_CLIENT_ID", "01:02:00:00:00:00:01"}};
const Variables kV6{{"DNSMASQ_LEASE_EXPIRES", "1700000600"},
                    {"DNSMASQ_INTERFACE", "br0"},
                    {"DNSMASQ_IAID", "T9"},
                    {"DNSMASQ_SERVER_DUID", "00:01:09"},
                    {"DNSMASQ_MAC", "02:00:00:00:00:06"}};
/// A variable that is set, but to nothing that it could mean.
const std::vector<std::string> kJunk{"",
                                     " ",
                                     "-rf",
                                     "../../x",
                                     "$(id)",
                                     "a\nb",
                                     "\x1b[2J",
                                     "\xff\xfe",
                                     "\"",
                                     "a b",
                                     std::string(100'000, 'x'),
                                     "0x10",
                                     "+1",
                                     "{}",
                                     "'"};

HookCall call(const Arguments& arguments, Variables variables, bool for_libvirt = false) {
  const Environment environment = [&](const char* name) -> std::optional<std::string_view> {
    const auto found = variables.find(name);
    if (found == variables.end()) return {};
    return found->second;
  };
  return parse_hook_call(arguments, environment, kNow, for_libvirt);
}

LeaseEvent event(const Arguments& arguments, const Variables& variables) {
  const HookCall parsed = call(arguments, variables);
  REQUIRE(std::holds_alternative<LeaseEvent>(parsed));
  return std::get<LeaseEvent>(parsed);
}

Variables with(Variables variables, const std::string& name, const std::string& value) {
  variables[name] = value;
  return variables;
}

Variables without(Variables variables, const std::string& name) {
  variables.erase(name);
  return variables;
}

bool is_bad(const Arguments& arguments, const Variables& variables) {
  return std::holds_alternative<InvalidCall>(call(arguments, variables));
}

}  // namespace

TEST_SUITE_BEGIN("lease_event");

TEST_CASE("add and old tell an IPv4 lease") {
  for (const std::string_view action : {"add", "old"}) {
    Arguments arguments = kAddV4;
    arguments[0] = action;
    const LeaseEvent told = event(arguments, kV4);
    CHECK(told.kind == LeaseEvent::Kind::leased);
    OwnedLease expected = full_v4();
    expected.hostname = "alpha";
    expected.expiry = 1'700'000'600;
    expected.changed = 0;
    CHECK(told.network == "br0");
    CHECK(told.lease("br0") == expected.lease());
  }
}

TEST_CASE("add and old tell an IPv6 lease, with the MAC if it is known") {
  const LeaseEvent told = event(kAddV6, kV6);
  OwnedLease expected;
  expected.address = ip("fd00::5");
  expected.hardware = mac("02:00:00:00:00:06");
  expected.hostname = "six";
  expected.client_id = {0, 1, 0, 1, 2, 3};
  expected.server_duid = {0, 1, 9};
  expected.iaid = Iaid{9, true};
  expected.expiry = 1'700'000'600;
  CHECK(told.lease("br0") == expected.lease());
  CHECK_FALSE(event(kAddV6, without(kV6, "DNSMASQ_MAC")).hardware);
}

TEST_CASE("del tells that an address is free, and needs nothing but the address") {
  const LeaseEvent told = event({"del", "02:00:00:00:00:01", "10.77.1.196", "alpha"}, {});
  CHECK(told.kind == LeaseEvent::Kind::ended);
  CHECK(told.address == ip("10.77.1.196"));
  CHECK(told.network.empty());
  CHECK(event({"del", "", "fd00::5"}, kV6).network == "br0");
}

TEST_CASE("a fourth argument that is not there is a lease without a name") {
  CHECK(event({"add", "02:00:00:00:00:01", "10.77.1.196"}, kV4).hostname.empty());
}

TEST_CASE("a name is one word, with its case, or none") {
  // The policy refuses what is not a label. dnsmasq has such a name only from its lease database.
  for (const std::string_view name :
       {"Alpha", "ends-", "12345", "a_b", "_srv", "-rf", "../x", "a.b", "bob's"}) {
    CHECK(event({"old", "02:00:00:00:00:01", "10.77.1.196", name}, kV4).hostname == name);
  }
  const std::string huge(100'000, 'a');
  for (const std::string_view name :
       {std::string_view(""), std::string_view("a\nb"), std::string_view("a b"), std::string_view("\x1b[2J"),
        std::string_view("\xff"), std::string_view("\xc3\xbc"), std::string_view("a\0b", 3),
        std::string_view(huge)}) {
    CHECK(event({"old", "02:00:00:00:00:01", "10.77.1.196", name}, kV4).hostname.empty());
  }
}

TEST_CASE("the old name and the name that the client supplied are not even looked at") {
  std::set<std::string> asked;
  const Environment environment = [&](const char* name) -> std::optional<std::string_view> {
    asked.insert(name);
    return "1";
  };
  for (const Arguments& arguments : {kAddV4, kAddV6, Arguments{"init"}, Arguments{"del", "", "10.0.0.1"}}) {
    parse_hook_call(arguments, environment, kNow);
  }
  CHECK_FALSE(asked.contains("DNSMASQ_SUPPLIED_HOSTNAME"));
  CHECK_FALSE(asked.contains("DNSMASQ_OLD_HOSTNAME"));
}

TEST_CASE(
    "for libvirt, a name that dnsmasq does not take because it is not a label is what the client supplied") {
  const Arguments nameless{"add", "02:00:00:00:00:01", "10.77.1.196"};
  const auto name_of = [](const Arguments& arguments, const std::string& supplied, bool for_libvirt) {
    const HookCall parsed = call(arguments, with(kV4, "DNSMASQ_SUPPLIED_HOSTNAME", supplied), for_libvirt);
    return std::get<LeaseEvent>(parsed).hostname;
  };
  for (const std::string supplied : {"_srv",
                                     "\xc3\xbc"
                                     "ber",
                                     "host:9091", "bob's"}) {
    CHECK(name_of(nameless, supplied, true) == supplied);
    CHECK(name_of(nameless, supplied, false).empty());
    CHECK(name_of(kAddV4, supplied, true) == "alpha");
  }
  // dnsmasq did not give these names, or took them away. And these could not be kept.
  for (const std::string supplied : {"web", "localhost", "101", "", "a b", "\x1b[2J", "\xff"})
    CHECK(name_of(nameless, supplied, true).empty());
}

TEST_CASE("dnsmasq says when it has heard nothing from the client") {
  CHECK_FALSE(event(kAddV4, kV4).repeats);
  CHECK(event(kAddV4, with(kV4, "DNSMASQ_DATA_MISSING", "1")).repeats);
}

TEST_CASE("the expiry is absolute; 0 is never; old releases left a space after it") {
  const auto expiry = [](const std::string& value) {
    return event(kAddV4, with(kV4, "DNSMASQ_LEASE_EXPIRES", value)).expiry;
  };
  CHECK(expiry("1700000600") == ExpiryTime{1'700'000'600});
  CHECK(expiry("1700000600 ") == ExpiryTime{1'700'000'600});
  CHECK(expiry("0").infinite());
  CHECK(expiry("0 ").infinite());
}

TEST_CASE("a dnsmasq without a clock gives the length of the lease") {
  const auto expiry = [](const std::string& length) {
    return event(kAddV4, with(without(kV4, "DNSMASQ_LEASE_EXPIRES"), "DNSMASQ_LEASE_LENGTH", length)).expiry;
  };
  CHECK(expiry("600") == ExpiryTime{kNow.value + 600});
  CHECK(expiry("4294967294") == ExpiryTime{kNow.value + 4294967294});
  CHECK(expiry("4294967295").infinite());
}

TEST_CASE("a call that tells no expiry is not dnsmasq's") {
  CHECK(is_bad(kAddV4, without(kV4, "DNSMASQ_LEASE_EXPIRES")));
  CHECK(is_bad(kAddV6, without(kV6, "DNSMASQ_LEASE_EXPIRES")));
  for (const std::string& junk : kJunk) {
    CAPTURE(junk.substr(0, 20));
    CHECK(is_bad(kAddV4, with(kV4, "DNSMASQ_LEASE_EXPIRES", junk)));
    CHECK(is_bad(kAddV4, with(without(kV4, "DNSMASQ_LEASE_EXPIRES"), "DNSMASQ_LEASE_LENGTH", junk)));
  }
  CHECK(is_bad(kAddV4, with(kV4, "DNSMASQ_LEASE_EXPIRES", "18446744073709551616")));
  CHECK(is_bad(kAddV4, with(without(kV4, "DNSMASQ_LEASE_EXPIRES"), "DNSMASQ_LEASE_LENGTH", "4294967296")));
}

TEST_CASE("the network is what the administrator says, else the interface") {
  Variables variables = with(kV4, "NSS_LEASES_NETWORK", "lab");
  CHECK(event(kAddV4, variables).network == "lab");
  variables.erase("NSS_LEASES_NETWORK");
  CHECK(event(kAddV4, variables).network == "br0");
  variables.erase("DNSMASQ_INTERFACE");
  CHECK(event(kAddV4, variables).network.empty());
  CHECK_FALSE(event(kAddV4, variables).for_libvirt);
}

TEST_CASE("in libvirt's call the network is the bridge, whatever the administrator says") {
  Variables variables = with(with(kV4, "NSS_LEASES_NETWORK", "lab"), "VIR_BRIDGE_NAME", "virbr0");
  CHECK(event(kAddV4, variables).for_libvirt);
  CHECK(event(kAddV4, variables).network == "virbr0");
  variables["VIR_BRIDGE_NAME"] = "no/name";
  CHECK(event(kAddV4, variables).for_libvirt);
  CHECK(event(kAddV4, variables).network == "br0");
  variables.erase("DNSMASQ_INTERFACE");
  CHECK(event(kAddV4, variables).network.empty());
}

TEST_CASE("called by libvirt's name for it, the helper does libvirt's work") {
  const HookCall event = call(kAddV4, with(kV4, "NSS_LEASES_NETWORK", "lab"), true);
  CHECK(std::get<LeaseEvent>(event).for_libvirt);
  CHECK(std::get<LeaseEvent>(event).network == "br0");
  const HookCall init = call({"init"}, {{"NSS_LEASES_NETWORK", "lab"}}, true);
  CHECK(std::get<InitRequest>(init).for_libvirt);
  CHECK(std::get<InitRequest>(init).network.empty());
}

TEST_CASE("a variable that names no network is as if it were not set") {
  for (const std::string& junk : kJunk) {
    if (junk == "0x10") continue;  // this could be one
    CAPTURE(junk.substr(0, 20));
    const Variables junk_first = with(kV4, "NSS_LEASES_NETWORK", junk);
    CHECK(event(kAddV4, junk_first).network == "br0");
    CHECK(event(kAddV4, with(junk_first, "DNSMASQ_INTERFACE", junk)).network.empty());
    const HookCall init = call({"init"}, junk_first);
    CHECK(std::get<InitRequest>(init).network.empty());
  }
}

TEST_CASE("init asks for one network if it is named, and else for all") {
  CHECK(std::get<InitRequest>(call({"init"}, {})).network.empty());
  CHECK(std::get<InitRequest>(call({"init"}, {{"DNSMASQ_INTERFACE", "br0"}})).network.empty());
  CHECK(std::get<InitRequest>(call({"init"}, {{"NSS_LEASES_NETWORK", "lab"}})).network == "lab");
  const HookCall libvirt = call({"init"}, {{"VIR_BRIDGE_NAME", "virbr0"}, {"NSS_LEASES_NETWORK", "lab"}});
  CHECK(std::get<InitRequest>(libvirt).network == "virbr0");
  CHECK(std::get<InitRequest>(libvirt).for_libvirt);
}

TEST_CASE("actions that are not ours are ignored") {
  for (const Arguments& arguments :
       {Arguments{"tftp", "1234", "10.0.0.1", "/srv/a b"},
        Arguments{"arp-add", "02:00:00:00:00:01", "10.0.0.1"},
        Arguments{"arp-del", "02:00:00:00:00:01", "10.0.0.1"},
        Arguments{"relay-snoop", "br0", "fe80::1", "fd00::/64"}, Arguments{"whatever"}, Arguments{""},
        Arguments{"ADD", "02:00:00:00:00:01", "10.0.0.1"}}) {
    CHECK(std::holds_alternative<IgnoredAction>(call(arguments, kV4)));
  }
}

TEST_CASE("a call that dnsmasq does not make is refused with the reason") {
  CHECK(is_bad({}, kV4));
  CHECK(is_bad({"add"}, kV4));
  CHECK(is_bad({"add", "02:00:00:00:00:01"}, kV4));
  CHECK(is_bad({"del", "02:00:00:00:00:01"}, kV4));
  CHECK(is_bad({"add", "02:00:00:00:00:01", "10.0.0"}, kV4));
  CHECK(is_bad({"add", "02:00:00:00:00:01", "fe80::1%br0"}, kV4));
  CHECK(is_bad({"add", "xx", "10.0.0.1"}, kV4));
  CHECK(is_bad({"add", "", "10.0.0.1"}, kV4));
  CHECK(is_bad({"add", "", "fd00::1"}, kV6));
  CHECK(is_bad({"add", "xx", "fd00::1"}, kV6));
  CHECK_FALSE(std::get<InvalidCall>(call({"add"}, kV4)).problem.empty());
}

TEST_CASE("hardware addresses of other types are read") {
  CHECK(event({"add", "06-02:00:00:00:00:01", "10.0.0.1"}, kV4).hardware == mac("06-02:00:00:00:00:01"));
  CHECK(event({"add", "20-", "10.0.0.1"}, kV4).hardware == mac("20-"));
}

TEST_CASE("junk in a variable costs what that variable tells and nothing else") {
  const auto check = [](const Arguments& arguments, const Variables& variables, const std::string& name) {
    const LeaseEvent clean = event(arguments, without(variables, name));
    for (const std::string& junk : kJunk) {
      CAPTURE(name);
      CAPTURE(junk.substr(0, 20));
      // What follows from each is a domain name or an interface, though nobody would choose it.
      if (junk == "0x10" && name == "DNSMASQ_DOMAIN") continue;
      const LeaseEvent told = event(arguments, with(variables, name, junk));
      CHECK(told.lease("br0") == clean.lease("br0"));
    }
  };
  for (const std::string name :
       {"DNSMASQ_DOMAIN", "DNSMASQ_CLIENT_ID", "DNSMASQ_SUPPLIED_HOSTNAME", "DNSMASQ_TAGS",
        "DNSMASQ_OLD_HOSTNAME", "DNSMASQ_TIME_REMAINING", "DNSMASQ_LEASE_LENGTH", "DNSMASQ_USER_CLASS0",
        "DNSMASQ_DATA_MISSING", "DNSMASQ_IAID", "DNSMASQ_MAC"}) {
    check(kAddV4, kV4, name);
  }
  for (const std::string name : {"DNSMASQ_IAID", "DNSMASQ_SERVER_DUID", "DNSMASQ_MAC", "DNSMASQ_DOMAIN",
                                 "DNSMASQ_CLIENT_ID", "DNSMASQ_VENDOR_CLASS0"}) {
    check(kAddV6, kV6, name);
  }
}

TEST_CASE("an IPv6 lease is one without a DUID, if that is cut or longer than can be kept") {
  std::string cut;
  for (int i = 0; i < 100; ++i) cut += "ab:";
  std::string long_one = "00";
  for (std::size_t i = 0; i < kMaxIdentifier; ++i) long_one += ":cd";
  // The last is what init gives dnsmasq for such a lease.
  for (const std::string_view duid :
       {std::string_view(cut), std::string_view(long_one), std::string_view("00")}) {
    CAPTURE(duid.size());
    const LeaseEvent told = event({"add", duid, "fd00::5", "six"}, kV6);
    CHECK(told.client_id.empty());
    CHECK(told.hostname == "six");
    CHECK(told.iaid == Iaid{9, true});
    CHECK(told.hardware == mac("02:00:00:00:00:06"));
    CHECK(told.expiry == ExpiryTime{1'700'000'600});
  }
  CHECK(event({"add", "00:01", "fd00::5"}, kV6).client_id.size() == 2);
  for (const std::string_view junk : {":", "ab:c", "abcd:", "ab::", "00:01:xx:"})
    CHECK(is_bad({"add", junk, "fd00::5"}, kV6));
}

TEST_CASE("an identifier of more than 255 bytes is ignored") {
  std::string id = "00";
  for (int i = 1; i < 255; ++i) id += ":00";
  CHECK(event(kAddV4, with(kV4, "DNSMASQ_CLIENT_ID", id)).client_id.size() == 255);
  CHECK(event(kAddV4, with(kV4, "DNSMASQ_CLIENT_ID", id + ":00")).client_id.empty());
}

TEST_SUITE_END();

}  // namespace leases::test
