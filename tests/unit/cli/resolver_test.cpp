#include "cli/checks/resolver.h"

#include <doctest/doctest.h>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("resolver");

// No service of this host's is asked for an address.
TEST_CASE("an address resolves to itself") {
  CHECK(resolve_name("192.0.2.1").addresses == std::set<IpAddress>{leases::test::ip("192.0.2.1")});
  CHECK(resolve_name("2001:db8::1").addresses == std::set<IpAddress>{leases::test::ip("2001:db8::1")});
}

TEST_CASE("a text that cannot be a name has an error") {
  const ResolverAnswer answer = resolve_name(std::string(2000, 'x'));
  CHECK(answer.addresses.empty());
  CHECK_FALSE(answer.error.empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
