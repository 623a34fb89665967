#include "cli/checks/name_in_dnsmasq.h"

#include <map>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

using leases::test::ip;
using leases::test::lease_of;
using leases::test::OwnedLease;
using leases::test::with;

namespace {

using Addresses = std::set<IpAddress>;

/// The findings for "web" where the dnsmasq of each network, at 10.0.0.254, gives names these addresses; a
/// name that is missing gets no answer.
std::string check(const std::vector<OwnedLease>& leases, const std::map<std::string, Addresses>& given) {
  CheckFixture host(leases);
  host.context().services.dns_server_of = [](const Lease& lease) {
    return lease.network == "far" ? std::optional<IpAddress>() : ip("10.0.0.254");
  };
  host.context().services.ask_dns = [&](const IpAddress& server, const std::string& name, Family family) {
    CHECK(server == ip("10.0.0.254"));
    CHECK(family == Family::v4);
    const auto found = given.find(name);
    return found == given.end() ? std::optional<Addresses>() : found->second;
  };
  Findings findings("name");
  const IndexReader reader = host.reader();
  compare_with_dnsmasq(host.context(), reader.view(), *HostQuery::parse("web"), findings);
  return host.report(std::move(findings).take());
}

}  // namespace

TEST_SUITE_BEGIN("name_in_dnsmasq");

TEST_CASE("a dnsmasq that gives a name one of its leases is well") {
  const std::vector<OwnedLease> leases{lease_of("br0", "10.0.0.1", "web"),
                                       lease_of("br0", "10.0.0.2", "web")};
  CHECK(check(leases, {{"web", {ip("10.0.0.2"), ip("10.9.9.9")}}}).empty());
}

TEST_CASE("a dnsmasq that serves no DNS, or not that name, is well") {
  CHECK(check({lease_of("br0", "10.0.0.1", "web")}, {}).empty());
  CHECK(check({lease_of("br0", "10.0.0.1", "web")}, {{"web", {}}}).empty());
}

TEST_CASE("a dnsmasq that gives a name another address is a problem") {
  CHECK(check({lease_of("br0", "10.0.0.1", "Web")}, {{"Web", {ip("10.9.9.9")}}}) ==
        "problem  name           DNS at 10.0.0.254, where br0 has its dnsmasq, gives web the address "
        "10.9.9.9, not "
        "10.0.0.1: a hosts file, dnsmasq's configuration or a server that it asks has the name, so the "
        "client does not "
        "get it there; to leave it to DNS, add \"web\" to deny in [names], then rebuild; look at: "
        "${EDITOR:-vi} " +
            std::string(paths::kConfig) + " && leasectl rebuild\n");
}

TEST_CASE("a name that dnsmasq has only with its domain is asked for with that") {
  const auto lease = with(lease_of("br0", "10.0.0.1", "web"), &OwnedLease::domain, "lab");
  CHECK(check({lease}, {{"web", {}}, {"web.lab", {ip("10.0.0.1")}}}).empty());
  CHECK(check({lease}, {{"web", {}}, {"web.lab", {ip("10.9.9.9")}}}).starts_with("problem"));
}

TEST_CASE("a network without a server on this host is not asked") {
  CHECK(check({lease_of("far", "10.0.0.1", "web")}, {{"web", {ip("10.9.9.9")}}}).empty());
}

TEST_CASE("a name that a lease has through its guest is not dnsmasq's") {
  CHECK(check({with(lease_of("br0", "10.0.0.1", "other"), &OwnedLease::guest_name, "web")},
              {{"other", {ip("10.9.9.9")}}})
            .empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
