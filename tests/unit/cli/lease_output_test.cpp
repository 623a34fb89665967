#include "cli/output/lease_output.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"
#include "cli/output/time_text.h"
#include "tests/support/captured_output.h"
#include "tests/unit/cli/terminal.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

std::string printed(const std::vector<OwnedLease>& leases, const OutputOptions& options) {
  const CapturedOutput output;
  print_leases(views_of(leases), options);
  return output.text();
}

OwnedLease full(OwnedLease lease) {
  lease.network = "no-such-interface";
  lease.guest_name = "vm\x1b";
  return lease;
}

}  // namespace

TEST_SUITE_BEGIN("lease_output");

TEST_CASE("a lease is a row with all that is known of it, safe for a terminal") {
  CHECK(printed({full(full_v4())}, {}) ==
        "Network            Expiry Time          MAC address        Protocol  IP address   Hostname  Client "
        "ID or DUID   "
        "  Guest\n"
        "no-such-interface  " +
            local_time({4102444800}) +
            "  02:00:00:00:00:01  ipv4      10.77.1.196  Alpha     01:02:00:00:00:00:01  vm\\x1b\n");
}

TEST_CASE("a name that was refused is marked, and no row is still a heading") {
  OwnedLease refused = full_v4();
  refused.network = "no-such-interface";
  refused.name_refused = true;
  CHECK(printed({refused}, {}).find("  refused:Alpha  ") != std::string::npos);
  CHECK(shown_name(views_of({refused}).front()) == "refused:Alpha");
  CHECK(printed({}, {}) ==
        "Network  Expiry Time  MAC address  Protocol  IP address  Hostname  Client ID or DUID\n");
}

TEST_CASE("colour is for names, and for what expires soon") {
  OutputOptions colored;
  colored.color = "always";
  OwnedLease soon = full_v4();
  soon.expiry = 1000;
  const std::string text = printed({soon}, colored);
  CHECK(text.find("\033[33m" + local_time({1000}) + "\033[0m") != std::string::npos);
  CHECK(text.find("\033[32mAlpha\033[0m") != std::string::npos);
  CHECK(printed({soon}, {}).find('\033') == std::string::npos);
}

TEST_CASE("a lease is JSON with the keys of the status files") {
  OutputOptions json;
  json.json = true;
  CHECK(printed({full(full_v6())}, json) == R"([
  {
    "network": "no-such-interface",
    "iaid": "33554438",
    "ip-address": "fd77:1::1a2b",
    "mac-address": "02:00:00:00:00:06",
    "hostname": "six",
    "domain": "lan.example",
    "guest": "vm\u001b",
    "client-id": "00:01:00:01:2a:3b:4c:5d:02:00:00:00:00:06",
    "server-duid": "00:01:00:01:2a:00:00:01:52:54:00:12:34:56",
    "expiry-time": 4102444801
  }
]
)");
  CHECK(printed({}, json) == "[]\n");
}

TEST_CASE("a refused name has a key of its own") {
  OwnedLease refused = full_v4();
  refused.name_refused = true;
  const auto object = json_of(refused.lease(), LocalSubnets());
  CHECK(object["refused-hostname"] == "Alpha");
  CHECK_FALSE(object.contains("hostname"));
}

TEST_CASE("a lease in one line has its name or its guest's") {
  CHECK(one_line(full_v4().lease()) == "br0  10.77.1.196  Alpha  02:00:00:00:00:01");
  OwnedLease bare;
  bare.address = ip("10.0.0.1");
  CHECK(one_line(bare.lease()) == "br0  10.0.0.1  -  -");
  bare.guest_name = "vm1.corp";
  CHECK(one_line(bare.lease()) == "br0  10.0.0.1  vm1  -");
}

TEST_CASE("JSON is ASCII, also of what is not UTF-8") {
  CHECK(json_text(nlohmann::ordered_json("\xc3\xa4\xff\x1b")) == "\"\\u00e4\\ufffd\\u001b\"");
}

TEST_CASE("a terminal is shown the columns that fit, without client identifiers") {
  const auto first_line = [](unsigned short columns, const OutputOptions& options) {
    Terminal terminal(STDOUT_FILENO, columns);
    print_leases(views_of({full_v4()}), options);
    const std::string text = terminal.text();
    return text.substr(0, text.find('\r'));
  };
  OutputOptions plain;
  plain.color = "never";
  CHECK(first_line(200, plain) == "Network  Expiry Time  MAC address        Protocol  IP address   Hostname");
  CHECK(first_line(71, plain) == "Network  Expiry Time  MAC address        IP address   Hostname");
  CHECK(first_line(60, plain) == "Network  Expiry Time  IP address   Hostname");
  CHECK(first_line(20, plain) == "Expiry Time  IP address   Hostname");
  plain.all_columns = true;
  CHECK(first_line(20, plain).ends_with("  Client ID or DUID"));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
