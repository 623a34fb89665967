#include "cli/release/relayed_release.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kAddress{0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5};

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

OwnedLease lease(bool temporary) {
  OwnedLease lease;
  lease.address = ip("fd00::5");
  lease.client_id = {0, 3, 1};
  lease.server_duid = {0, 4};
  lease.iaid = Iaid{0x01020304, temporary};
  return lease;
}

/// The relay's message around a RELEASE.
Bytes relayed(const Bytes& release) {
  return joined({{12, 0}, kAddress, kAddress, {0, 9, 0, static_cast<std::uint8_t>(release.size())}, release});
}

}  // namespace

TEST_SUITE_BEGIN("relayed_release");

TEST_CASE("a RELEASE has both DUIDs and the address in its association, from a relay on its link") {
  const Bytes release = joined({{8, 7, 8, 9},
                                {0, 1, 0, 3, 0, 3, 1},
                                {0, 2, 0, 2, 0, 4},
                                {0, 3, 0, 40, 1, 2, 3, 4},
                                {0, 0, 0, 0, 0, 0, 0, 0},
                                {0, 5, 0, 24},
                                kAddress,
                                {0, 0, 0, 0, 0, 0, 0, 0}});
  CHECK(relayed_release(lease(false).lease(), {7, 8, 9}) == relayed(release));
}

TEST_CASE("a temporary association has no times") {
  const Bytes release = joined({{8, 7, 8, 9},
                                {0, 1, 0, 3, 0, 3, 1},
                                {0, 2, 0, 2, 0, 4},
                                {0, 4, 0, 32, 1, 2, 3, 4},
                                {0, 5, 0, 24},
                                kAddress,
                                {0, 0, 0, 0, 0, 0, 0, 0}});
  CHECK(relayed_release(lease(true).lease(), {7, 8, 9}) == relayed(release));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
