#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("list");

TEST_CASE("all leases are a table, with the guests where there are any") {
  const IndexFixture store(machines());
  const Called list = called(list_verb, store.settings(), {"list"});
  CHECK(list.code == kFound);
  CHECK(list.output ==
        "Network  Expiry Time  MAC address        Protocol  IP address  Hostname  Client ID or DUID  Guest\n"
        "br0      never        02:00:00:00:00:01  ipv4      10.0.0.1    web       01:02:03           -\n"
        "br0      never        02:00:00:00:00:01  ipv6      fd00::1     web       -                  -\n"
        "lab      never        -                  ipv4      10.0.1.1    -         -                  vm1\n");
}

TEST_CASE("only the networks that are named are listed, and they must exist") {
  const IndexFixture store({lease_of("br0", "10.0.0.1", "a"), lease_of("lab", "10.0.1.1", "b")});
  CHECK(called(list_verb, store.settings(), {"list", "lab"}).output ==
        "Network  Expiry Time  MAC address  Protocol  IP address  Hostname  Client ID or DUID\n"
        "lab      never        -            ipv4      10.0.1.1    b         -\n");
  const Called missing = called(list_verb, store.settings(), {"list", "dmz"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.output.empty());
  CHECK(missing.errors == "nss-leases: there is no network 'dmz'; there are: br0 lab\n");
  const Called json = called(list_verb, store.settings(), {"list", "dmz", "--json"});
  CHECK(json.code == kNotFound);
  CHECK(json.output == "[]\n");
}

TEST_CASE("--guest lists the leases of one guest, which a MAC map must have") {
  const GuestInIndex guest{mac("52:54:00:00:00:01"), "VM1", "lab", "/libvirt/lab.macs"};
  const IndexFixture store(machines(), {guest});
  const Called list = called(list_verb, store.settings(), {"list", "--guest", "vm1", "--json"});
  CHECK(list.code == kFound);
  CHECK(list.output == R"([
  {
    "network": "lab",
    "ip-address": "10.0.1.1",
    "guest": "vm1",
    "expiry-time": 0
  }
]
)");
  const Called missing = called(list_verb, store.settings(), {"list", "--guest", "vm2"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.errors == "nss-leases: no MAC map has a guest 'vm2'\n");
}

TEST_CASE("leases are chosen, ordered and printed as they are asked for") {
  const IndexFixture store(machines());
  const auto list = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "list");
    return called(list_verb, store.settings(), words);
  };
  CHECK(list({"--format", "{name}\\t{ip-address}", "--family", "v4"}).output ==
        "web\t10.0.0.1\nvm1\t10.0.1.1\n");
  CHECK(list({"--columns", "hostname,network", "--match", "x*", "--match=W*.lan.example"}).output ==
        "Hostname  Network\nweb       br0\n");
  CHECK(list({"--sort=-ip-address", "--domain", "br0", "--format={ip-address}"}).output ==
        "fd00::1\n10.0.0.1\n");
  CHECK(list({"--expires-within", "1h", "--json"}).output == "[]\n");
  CHECK(list({"--match", "db"}).code == kFound);
}

TEST_CASE("a reservation is listed, marked, unless a lease hides it") {
  const std::vector<OwnedLease> leases{with(lease_of("lab", "10.0.1.5", "off"), &OwnedLease::reserved, true),
                                       with(lease_of("lab", "10.0.1.6", "on"), &OwnedLease::reserved, true),
                                       lease_of("lab", "10.0.1.77", "on")};
  const IndexFixture store(leases);
  CHECK(
      called(list_verb, store.settings(), {"list", "--columns", "ip-address,expiry-time,reserved"}).output ==
      "IP address  Expiry Time  Reserved\n10.0.1.5    reserved     true\n10.0.1.77   never        -\n");
  const std::string json = called(list_verb, store.settings(), {"list", "--json", "--match", "off"}).output;
  CHECK(json.find("\"reserved\": true") != std::string::npos);
  CHECK(called(lookup_verb, store.settings(), {"lookup", "10.0.1.5"}).code == kFound);
  CHECK(called(lookup_verb, store.settings(), {"lookup", "10.0.1.6"}).code == kNotFound);
  CHECK(called(wait_verb, store.settings(), {"wait", "--timeout", "0", "off"}).code == kNotFound);
  CHECK(called(wait_verb, store.settings(), {"wait", "--gone", "off"}).code == kFound);
}

TEST_CASE("a wrong field, template or time is refused, and so are two forms at once") {
  const IndexFixture store(machines());
  const std::vector<std::vector<std::string>> wrong{{"--columns", "colour"},
                                                    {"--format", "{colour}"},
                                                    {"--format", "{"},
                                                    {"--sort", "colour"},
                                                    {"--expires-within", "soon"},
                                                    {"--family", "4"},
                                                    {"--json", "--format", "{name}"},
                                                    {"--json", "--columns", "name"},
                                                    {"--columns", "name", "--format", "{name}"}};
  for (std::vector<std::string> words : wrong) {
    const std::string last = words.back();
    CAPTURE(last);
    words.insert(words.begin(), "list");
    const Called refused = called(list_verb, store.settings(), words);
    CHECK(refused.code == kUsage);
    CHECK(refused.output.empty());
  }
  CHECK(called(list_verb, store.settings(), {"list", "--columns", "colour"})
            .errors.find("there is no field 'colour'; there are: network, host, iaid, ip-address") !=
        std::string::npos);
}

TEST_CASE("without an index there is nothing to list") {
  const StoreFixture store;
  ::unlink(store.index_path().c_str());
  CHECK(error_of([&] { called(list_verb, store.settings(), {"list"}); }).find(store.index_path()) !=
        std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
