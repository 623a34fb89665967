#include "store/name_policy.h"

#include <doctest/doctest.h>

#include <string_view>

namespace leases::test {

TEST_SUITE_BEGIN("name_policy");

TEST_CASE("an ordinary host name is accepted") {
  for (const std::string_view name :
       {"web", "Web-1", "a", "x_y", "3com", "10a", "0x", "host-0x7f", "node1_", "08z", "gateway", "outbound",
        "wpad2", "my-localhost", "ip6-router", "deadbeef"}) {
    CAPTURE(name);
    CHECK_FALSE(NamePolicy().refusal(name));
  }
}

TEST_CASE("a guest cannot be called what programs give a meaning of their own") {
  for (const std::string_view name :
       {"localhost", "LOCALHOST", "localhost4", "localhost-x", "localhostess", "ip6-localhost",
        "IP6-loopback", "wpad", "WPad", "isatap", "_gateway", "_outbound"}) {
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

TEST_SUITE_END();

}  // namespace leases::test
