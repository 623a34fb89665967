#include "store/network_name.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace leases::test {

TEST_SUITE_BEGIN("network_name");

TEST_CASE("what people call interfaces is a network's name") {
  for (const std::string_view name : {"br0", "virbr0", "eth0.100", "lan_2", "wlp3s0-ap", "br0:1", "vlan@eth0",
                                      "a+b", "if%d", "0net", "_private", "X", "unknown"}) {
    CAPTURE(name);
    CHECK(is_network_name(name));
  }
  CHECK(is_network_name(kUnknownNetwork));
}

TEST_CASE("what could lead out of the directory or hide a file is not") {
  for (const std::string_view name :
       {std::string_view(), std::string_view("."), std::string_view(".."), std::string_view(".br0"),
        std::string_view("-rf"), std::string_view("../br0"), std::string_view("a/b"), std::string_view("a b"),
        std::string_view("a\nb"), std::string_view("a\0b", 3), std::string_view("br\xc3\xbc"),
        std::string_view("@br"), std::string_view(":1"), std::string_view("a\"b"), std::string_view("a\\b"),
        std::string_view("$(id)")}) {
    CAPTURE(name);
    CHECK_FALSE(is_network_name(name));
  }
}

TEST_CASE("names below localhost are the machine's own") {
  for (const std::string_view name : {"localhost", "lan.LOCALHOST"}) CHECK_FALSE(is_network_name(name));
  CHECK(is_network_name("localhost0"));
}

TEST_CASE("it has at most 63 characters") {
  CHECK(is_network_name(std::string(63, 'a')));
  CHECK_FALSE(is_network_name(std::string(64, 'a')));
}

TEST_SUITE_END();

}  // namespace leases::test
