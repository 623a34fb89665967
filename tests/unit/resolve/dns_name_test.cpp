#include "resolve/dns_name.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/owned_lease.h"

namespace leases::resolve::test {

using leases::test::ip;

namespace {

std::string wire(const std::string& text) {
  const auto name = DnsName::parse(text);
  return name ? std::string(name->wire()) : "none";
}

}  // namespace

TEST_SUITE_BEGIN("dns_name");

TEST_CASE("a name in wire format has each label after its length") {
  CHECK(wire("vm1.Lab") == std::string("\3vm1\3Lab\0", 9));
  CHECK(wire("vm1.Lab.") == std::string("\3vm1\3Lab\0", 9));
  CHECK(wire("") == std::string(1, '\0'));
  CHECK(wire(".") == std::string(1, '\0'));
  CHECK(wire("v\\109\\049") == std::string("\3vm1\0", 5));
  CHECK(wire("b\u00fccher") == std::string("\7b\xc3\xbc"
                                           "cher\0",
                                           9));
}

TEST_CASE("what is no name in DNS is none") {
  const std::string label(63, 'l');
  CHECK(wire(label).size() == 65);
  for (const std::string& text : {std::string("a..b"), std::string(".a"), std::string(".."), label + 'l',
                                  label + '.' + label + '.' + label + '.' + label, std::string("a\\"),
                                  std::string("a\\999"), std::string("vm1\0", 4), std::string("\0", 1)})
    CHECK(wire(text) == "none");
}

TEST_CASE("the text is that of NSS, without escapes") {
  CHECK(DnsName::parse("VM1.lab.")->text() == "VM1.lab");
  CHECK(DnsName::parse("br@0\\036x")->text() == "br@0$x");
  CHECK(DnsName::parse("")->text() == "");
  CHECK_FALSE(DnsName::parse("vm1\\.lab")->text());
}

TEST_CASE("names of addresses are those of whole addresses, in any case of letters") {
  CHECK(address_of("1.2.0.192.in-addr.arpa") == ip("192.0.2.1"));
  CHECK(address_of("255.255.255.255.IN-ADDR.ARPA") == ip("255.255.255.255"));
  const std::string nibbles = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.F.d.f";
  CHECK(address_of(nibbles + ".ip6.arpa") == ip("fdf0:1:2:3::1"));
  for (const std::string& name :
       {std::string("2.0.192.in-addr.arpa"), std::string("in-addr.arpa"), std::string(".in-addr.arpa"),
        std::string("0.1.2.0.192.in-addr.arpa"), std::string("256.2.0.192.in-addr.arpa"),
        std::string("01.2.0.192.in-addr.arpa"), std::string("1.2.0.192.in-addr.arpa.lab"),
        std::string("x.2.0.192.in-addr.arpa"), std::string("1.2.0.192in-addr.arpa"),
        std::string("1..0.192.in-addr.arpa"), std::string("::1.in-addr.arpa"),
        nibbles.substr(2) + ".ip6.arpa", "0." + nibbles + ".ip6.arpa", "g" + nibbles.substr(1) + ".ip6.arpa",
        "10" + nibbles.substr(2) + ".ip6.arpa", std::string("vm1")})
    CHECK_MESSAGE(!address_of(name), name);
}

TEST_CASE("a zone has the names of all addresses that begin with its bits") {
  CHECK(reverse_zone(ip("192.0.2.1"), 24) == "2.0.192.in-addr.arpa");
  CHECK(reverse_zone(ip("192.0.2.1"), 32) == "1.2.0.192.in-addr.arpa");
  CHECK(reverse_zone(ip("fdf0:1:2:3::1"), 64) == "3.0.0.0.2.0.0.0.1.0.0.0.0.f.d.f.ip6.arpa");
  CHECK(address_of(reverse_zone(ip("fdf0:1:2:3::abcd"), 128)) == ip("fdf0:1:2:3::abcd"));
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
