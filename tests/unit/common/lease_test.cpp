#include "common/lease.h"

#include <doctest/doctest.h>

#include "tests/support/owned_lease.h"

namespace leases::test {

TEST_SUITE_BEGIN("lease");

TEST_CASE("a client is known by its identifier, for IPv6 with the IAID, and else by its hardware address") {
  OwnedLease a = full_v6();
  OwnedLease b = full_v6();
  CHECK(match_clients(a.lease(), b.lease()) == ClientMatch::same);
  b.iaid = Iaid::parse("99");
  CHECK(match_clients(a.lease(), b.lease()) == ClientMatch::different);
  OwnedLease c = full_v4();
  OwnedLease d = full_v4();
  d.hardware = mac("52:54:00:00:00:77");
  CHECK_MESSAGE(match_clients(c.lease(), d.lease()) == ClientMatch::same, "a new network card");
  d.client_id.clear();
  CHECK(match_clients(c.lease(), d.lease()) == ClientMatch::different);
}

TEST_CASE("a lease that does not name its client may be any client's") {
  OwnedLease named = full_v4();
  OwnedLease unnamed = full_v4();
  unnamed.client_id.clear();
  CHECK(match_clients(named.lease(), unnamed.lease()) == ClientMatch::same);
  unnamed.hardware.reset();
  CHECK(match_clients(named.lease(), unnamed.lease()) == ClientMatch::unknown);
  CHECK(match_clients(unnamed.lease(), named.lease()) == ClientMatch::unknown);
  CHECK(match_clients(unnamed.lease(), unnamed.lease()) == ClientMatch::unknown);
}

TEST_SUITE_END();

}  // namespace leases::test
