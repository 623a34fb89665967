#include "resolve/query_filter.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"

namespace leases::resolve::test {

using leases::test::BuiltIndex;
using leases::test::ip;
using leases::test::OwnedLease;
using leases::test::views_of;

namespace {

OwnedLease named_lease(const std::string& address, const std::string& name) {
  OwnedLease lease;
  lease.address = ip(address);
  lease.hostname = name;
  return lease;
}

Json filter_of(const std::vector<OwnedLease>& leases) {
  TableInput contents;
  contents.leases = views_of(leases);
  contents.sources.push_back({"br0", {}});
  const BuiltIndex index(build_table(contents));
  return query_filter(index.view());
}

const std::string kMapped = "f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa";

}  // namespace

TEST_SUITE_BEGIN("query_filter");

TEST_CASE("without leases the hook is off") {
  CHECK(filter_of({}) == no_name());
  CHECK(no_name().dump() == R"({"filterDomains":[]})");
  CHECK(every_name().dump() == "{}");
}

TEST_CASE("a lease can be asked for by its names, its domains and its address, in lower case") {
  OwnedLease lease = named_lease("10.0.0.1", "VM1");
  lease.domain = "Lab.Test";
  lease.guest_name = "Web.example.com";
  CHECK(filter_of({lease}) ==
        Json{{"filterDomains",
              {"0.0.10.in-addr.arpa", "br0", "example.com", kMapped, "lab.test", "vm1", "web"}}});
}

TEST_CASE("a refused name is not listed, and a lease without a name has an address") {
  OwnedLease refused = named_lease("fd00:1:2:3::1", "wpad");
  refused.name_refused = true;
  CHECK(filter_of({refused, named_lease("fd00:1:2:3::2", "")}) ==
        Json{{"filterDomains", {"3.0.0.0.2.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa", "br0"}}});
}

TEST_CASE("with very many names or leases every name passes") {
  std::vector<OwnedLease> leases;
  const auto add = [&](std::size_t count, const std::string& name) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t n = leases.size();
      leases.push_back(named_lease("10.0." + std::to_string(n / 250) + '.' + std::to_string(n % 250 + 1),
                                   name.empty() ? "vm" + std::to_string(n) : name));
    }
  };
  // Beside the names there are a network and five zones.
  add(kMaxFiltered - 6, "");
  CHECK(filter_of(leases)["filterDomains"].size() == kMaxFiltered);
  add(1, "");
  CHECK(filter_of(leases) == every_name());

  leases.clear();
  add(2 * kMaxFiltered, "one");
  CHECK(filter_of(leases)["filterDomains"].size() == 11);
  add(1, "one");
  CHECK(filter_of(leases) == every_name());
}

TEST_CASE("what only a damaged index has is left out") {
  OwnedLease lease = named_lease("10.0.0.1", "vm1");
  for (const std::string& domain : {std::string("\xff\xfe"), std::string("a..b"), std::string("a b"),
                                    std::string("a\\"), std::string(64, 'a'), std::string("a\0b", 3)}) {
    lease.domain = domain;
    CHECK(filter_of({lease}) == Json{{"filterDomains", {"0.0.10.in-addr.arpa", "br0", kMapped, "vm1"}}});
  }
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
