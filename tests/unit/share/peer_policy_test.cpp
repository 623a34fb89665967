#include "share/peer_policy.h"

#include <doctest/doctest.h>

namespace leases::test {

using namespace leases::share;

namespace {

Lease limited(Lease lease, const PeerPolicy& policy) {
  limit(lease, policy);
  return lease;
}

Lease of(std::string_view name, std::string_view domain = {}, std::string_view guest = {}) {
  Lease lease;
  lease.hostname = name;
  lease.domain = domain;
  lease.guest_name = guest;
  return lease;
}

}  // namespace

TEST_SUITE_BEGIN("peer_policy");

TEST_CASE("without a list any name is let through, with an empty one none") {
  CHECK(limited(of("web"), {}).hostname == "web");
  CHECK(limited(of("web"), {std::vector<std::string>{}, {}}).hostname.empty());
}

TEST_CASE("names are globs without regard to case, for guests too") {
  const PeerPolicy policy{std::vector<std::string>{"ci-*"}, {}};
  CHECK(limited(of("CI-1", {}, "ci-2"), policy).hostname == "CI-1");
  CHECK(limited(of("CI-1", {}, "ci-2"), policy).guest_name == "ci-2");
  CHECK(limited(of("web", {}, "ci-2"), policy).hostname.empty());
  CHECK(limited(of("ci-1", {}, "web"), policy).guest_name.empty());
}

TEST_CASE("only domains of the list stay, also after a guest's name") {
  const PeerPolicy policy{{}, {"lab.example"}};
  CHECK(limited(of("www", "Lab.Example"), policy).domain == "Lab.Example");
  CHECK(limited(of("www", "google.com"), policy).domain.empty());
  CHECK(limited(of("www", "sub.lab.example"), policy).domain.empty());
  CHECK(limited(of("x", {}, "www.lab.example"), policy).guest_name == "www.lab.example");
  CHECK(limited(of("x", {}, "www.google.com"), policy).guest_name == "www");
  CHECK(limited(of("www", "lab.example"), {}).domain.empty());
}

TEST_CASE("a name that its own host refused stays refused") {
  Lease lease = of("wpad");
  lease.name_refused = true;
  const Lease after = limited(lease, {});
  CHECK(after.hostname.empty());
  CHECK_FALSE(after.name_refused);
}

TEST_SUITE_END();

}  // namespace leases::test
