#include "resolve/dns_record.h"

#include <arpa/nameser.h>
#include <doctest/doctest.h>

#include <string>

#include "tests/support/dns_records.h"

namespace leases::resolve::test {

using leases::test::DnsRecord;
using leases::test::parsed_record;

TEST_SUITE_BEGIN("dns_record");

TEST_CASE("a record is what the C library reads") {
  const DnsName owner = DnsName::parse("vm1.lab").value();
  CHECK(parsed_record(resource_record(owner, ns_t_a, 3600, std::string("\xc0\0\2\1", 4))) ==
        DnsRecord{"vm1.lab", ns_t_a, 3600, "192.0.2.1"});
  CHECK(parsed_record(resource_record(owner, ns_t_aaaa, 0x7fffffff, std::string(15, '\0') + '\1')) ==
        DnsRecord{"vm1.lab", ns_t_aaaa, 0x7fffffff, "::1"});
  const DnsName target = DnsName::parse("a.b.c").value();
  CHECK(parsed_record(resource_record(owner, ns_t_ptr, 1, target.wire())) ==
        DnsRecord{"vm1.lab", ns_t_ptr, 1, "a.b.c"});
}

TEST_CASE("Base64 as RFC 4648 has it") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string("\xff\xfe\0", 3)) == "//4A");
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
