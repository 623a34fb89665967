#include "store/name_policy.h"

#include <doctest/doctest.h>

#include <string_view>

namespace leases::test {

TEST_SUITE_BEGIN("name_policy");

TEST_CASE("an ordinary host name is accepted") {
  for (const std::string_view name : {"web",      "Web-1",        "a",
                                      "x_y",      "3com",         "10a",
                                      "0x",       "host-0x7f",    "node1_",
                                      "08z",      "gateway",      "outbound",
                                      "wpad2",    "my-localhost", "ip6-router",
                                      "deadbeef", "router",       "mail",
                                      "proxy",    "ntp",          "dns",
                                      "test",     "example",      "home",
                                      "local",    "metadata2",    "my-instance-data",
                                      "unix1",    "ip6-allnodes2"}) {
    CAPTURE(name);
    CHECK_FALSE(NamePolicy().refusal(name));
  }
}

TEST_CASE("a guest cannot be called what programs give a meaning of their own") {
  for (const std::string_view name : {"localhost",        "LOCALHOST",      "localhost4",
                                      "localhost-x",      "localhostess",   "ip6-localhost",
                                      "IP6-loopback",     "wpad",           "WPad",
                                      "isatap",           "_gateway",       "_outbound",
                                      "_localdnsstub",    "_localdnsproxy", "localhost6",
                                      "localdomain",      "ip6-localnet",   "ip6-mcastprefix",
                                      "ip6-allnodes",     "IP6-AllRouters", "ip6-allhosts",
                                      "ipv6-localhost",   "ipv6-loopback",  "ipv6-localnet",
                                      "ipv6-mcastprefix", "ipv6-allnodes",  "ipv6-allrouters",
                                      "ipv6-allhosts",    "broadcasthost",  "BroadcastHost",
                                      "ipv4only",         "invalid",        "unix",
                                      "metadata",         "instance-data"}) {
    CAPTURE(name);
    REQUIRE(NamePolicy().refusal(name));
    CHECK(NamePolicy().refusal(name)->starts_with("is reserved"));
  }
}

TEST_CASE("a guest cannot be called a number or an address") {
  for (const std::string_view name : {"0", "10", "4294967296", "0x7f000001", "0X0A", "017700000001"}) {
    CAPTURE(name);
    CHECK(NamePolicy().refusal(name));
  }
}

TEST_CASE("what is no RFC 1123 label is refused") {
  for (const std::string_view name : {"", "-a", "a-", "_a", "a.b", "a b", "a\n", "\xc3\xbc"}) {
    CAPTURE(name);
    CHECK(NamePolicy().refusal(name));
  }
}

TEST_CASE("denied globs are compared without case and named in the reason") {
  const NamePolicy policy({"db-*", "UBUNTU", "node[0-9]"}, {});
  CHECK(policy.refusal("DB-1") == "is denied by names.deny (db-*)");
  CHECK(policy.refusal("ubuntu") == "is denied by names.deny (UBUNTU)");
  CHECK(policy.refusal("node7"));
  CHECK_FALSE(policy.refusal("node77"));
  CHECK_FALSE(policy.refusal("my-db-1"));
}

TEST_CASE("what is allowed is an exception from what is denied") {
  const NamePolicy policy({"*"}, {"vm-*"});
  CHECK_FALSE(policy.refusal("VM-1"));
  CHECK(policy.refusal("web"));
}

TEST_CASE("nothing is an exception from the fixed rules") {
  const NamePolicy policy({}, {"*"});
  for (const std::string_view name : {"localhost", "wpad", "isatap", "10", "0x7f000001", "a-"}) {
    CAPTURE(name);
    CHECK(policy.refusal(name));
  }
}

TEST_CASE("a name that is reserved for what only some machines are may be allowed, by name or glob") {
  for (const std::string_view glob : {"localhost-live", "LOCALHOST-*", "*"}) {
    CAPTURE(glob);
    const NamePolicy policy({}, {std::string(glob)});
    CHECK_FALSE(policy.refusal("localhost-live"));
    CHECK(policy.refusal("localhost"));
    CHECK(policy.refusal("localhost4"));
  }
  CHECK_FALSE(NamePolicy({}, {"metadata"}).refusal("metadata"));
  CHECK(NamePolicy({}, {"localhost-live"}).refusal("localhost-x") == "is reserved (localhost*)");
  CHECK(NamePolicy({}, {"localhost-live"}).refusal("instance-data") == "is reserved (instance-data)");
}

TEST_CASE("a guest cannot be called what this machine is called, whatever is allowed") {
  NamePolicy policy({}, {"*"});
  CHECK_FALSE(policy.refusal("builder"));
  const std::uint64_t before = policy.fingerprint();
  policy.keep_own({"builder", "old-name"});
  CHECK(policy.refusal("Builder") == "is this machine's own");
  CHECK(policy.refusal("old-name"));
  CHECK_FALSE(policy.refusal("builder2"));
  const std::uint64_t named = policy.fingerprint();
  CHECK(named != before);
  policy.keep_own({"builder"});
  CHECK(policy.fingerprint() != named);
}

TEST_CASE("no machine has its place right below arpa, or in invalid") {
  const auto refusal = [](std::string_view name, std::string_view domain, std::string_view network) {
    Lease lease;
    lease.hostname = name;
    lease.domain = domain;
    lease.network = network;
    return NamePolicy().refusal(lease);
  };
  CHECK(refusal("home", "arpa", "lan") == "is reserved (*.arpa)");
  CHECK(refusal("web", "lab.Invalid", "lan"));
  CHECK(refusal("web", "invalid", "lan"));
  CHECK(refusal("web", "", "arpa"));
  for (const std::string_view domain :
       {"home.arpa", "lab.test", "", "example", "invalid.test", "notinvalid"}) {
    CAPTURE(domain);
    CHECK_FALSE(refusal("web", domain, "lan"));
  }
}

TEST_CASE("a guest's name is held against the same rules, with its domain and those of its lease") {
  NamePolicy policy({"db-*"}, {});
  policy.keep_own({"builder"});
  Lease lease;
  lease.network = "lan";
  for (const std::string_view name :
       {"wpad", "builder", "builder.lab", "db-1", "10", "web.invalid", "web.lab.Invalid", "ipv4.arpa"}) {
    CAPTURE(name);
    CHECK(policy.guest_refusal(name));
    policy.name_guest(lease, name);
    CHECK(lease.guest_name.empty());
  }
  policy.name_guest(lease, "web.home.arpa");
  CHECK(lease.guest_name == "web.home.arpa");
  for (const std::string_view domain : {"invalid", "arpa"}) {
    CAPTURE(domain);
    Lease in_domain = lease;
    in_domain.domain = domain;
    policy.name_guest(in_domain, "web");
    CHECK(in_domain.guest_name.empty());
    Lease in_network = lease;
    in_network.network = domain;
    policy.name_guest(in_network, "web");
    CHECK(in_network.guest_name.empty());
  }
  policy.name_guest(lease, "");
  CHECK(lease.guest_name.empty());
}

TEST_SUITE_END();

}  // namespace leases::test
