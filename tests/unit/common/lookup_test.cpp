#include "common/lookup.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

using Addresses = std::vector<std::string>;

/// A lease of the machine with this MAC address; it began in the second that `changed` says.
OwnedLease lease_of(std::string_view address, std::string_view machine, std::uint64_t changed) {
  OwnedLease lease;
  lease.address = ip(address);
  if (!machine.empty()) lease.hardware = mac(machine);
  lease.hostname = "web";
  lease.changed = changed * 1'000'000'000;
  return lease;
}

template <typename Member, typename Value>
OwnedLease with(OwnedLease lease, Member OwnedLease::*member, const Value& value) {
  lease.*member = value;
  return lease;
}

BuiltIndex index_of(const std::vector<OwnedLease>& leases, TableInput contents = {}) {
  contents.leases = views_of(leases);
  for (const char* network : {"br0", "br1"}) contents.sources.push_back({network, {}});
  contents.sources.push_back({"hv2:lab", {}, SourceKind::shared_status, "/shared/hv2/lab.status"});
  return BuiltIndex(build_table(contents));
}

Addresses answers(const IndexView& view, std::string_view name, std::uint64_t now = 0) {
  Addresses addresses;
  visit_answers(view, *HostQuery::parse(name), {now}, [&](const Answer& answer) {
    addresses.emplace_back(IpText(answer.address).view());
    return true;
  });
  return addresses;
}

Addresses answers(const std::vector<OwnedLease>& leases, std::string_view name = "web",
                  std::uint64_t now = 0) {
  const BuiltIndex index = index_of(leases);
  return answers(index.view(), name, now);
}

const std::string kOne = "02:00:00:00:00:01";
const std::string kTwo = "02:00:00:00:00:02";

/// The nth address of a network, which has 65,536.
std::string nth(const char* network, unsigned n) {
  return network + std::to_string(n >> 8) + '.' + std::to_string(n & 255);
}

}  // namespace

TEST_SUITE_BEGIN("lookup");

TEST_CASE("of the leases of one machine only the newest answers, of several machines each one's") {
  CHECK(answers({lease_of("10.0.0.2", kOne, 1), lease_of("10.0.0.9", kOne, 2)}) == Addresses{"10.0.0.9"});
  CHECK(answers({lease_of("10.0.0.9", kOne, 1), lease_of("10.0.0.2", kOne, 2)}) == Addresses{"10.0.0.2"});
  CHECK(answers({lease_of("10.0.0.1", kOne, 1), lease_of("10.0.0.2", kTwo, 2), lease_of("10.0.0.3", kOne, 3),
                 lease_of("10.0.0.4", kTwo, 4)}) == Addresses{"10.0.0.4", "10.0.0.3"});
}

TEST_CASE("an older lease answers again when the newer one has ended") {
  const OwnedLease newer = with(lease_of("10.0.0.9", kOne, 2), &OwnedLease::expiry, 100U);
  const std::vector<OwnedLease> leases{lease_of("10.0.0.2", kOne, 1), newer};
  CHECK(answers(leases, "web", 99) == Addresses{"10.0.0.9"});
  CHECK(answers(leases, "web", 100) == Addresses{"10.0.0.2"});
}

TEST_CASE("leases in other networks, of other families and without a known client replace nothing") {
  CHECK(answers({lease_of("10.0.0.1", kOne, 1),
                 with(lease_of("10.1.0.1", kOne, 2), &OwnedLease::network, std::string("br1"))})
            .size() == 2);
  CHECK(answers({lease_of("10.0.0.1", kOne, 1), lease_of("fd00::1", kOne, 2)}).size() == 2);
  CHECK(answers({lease_of("10.0.0.1", "", 1), lease_of("10.0.0.2", "", 2)}).size() == 2);
  CHECK(answers({lease_of("10.0.0.1", "20-", 1), lease_of("10.0.0.2", "20-", 2)}).size() == 2);
}

TEST_CASE("a client whose MAC address is not known is told by its identifier") {
  const auto six = [](std::string_view address, std::string_view machine, std::uint64_t changed,
                      std::uint8_t duid) {
    return with(lease_of(address, machine, changed), &OwnedLease::client_id,
                std::vector<std::uint8_t>{0, 4, duid});
  };
  CHECK(answers({six("fd00::1", "", 1, 7), six("fd00::2", "", 2, 7)}) == Addresses{"fd00::2"});
  CHECK(answers({six("fd00::1", kOne, 1, 7), six("fd00::2", "", 2, 7)}) == Addresses{"fd00::2"});
  CHECK(answers({six("fd00::1", "", 1, 7), six("fd00::2", "", 2, 8)}).size() == 2);
  // Firmware and the system that it starts; and two interfaces of one system.
  CHECK(answers({six("fd00::1", kOne, 1, 7), six("fd00::2", kOne, 2, 8)}) == Addresses{"fd00::2"});
  CHECK(answers({six("fd00::1", kOne, 1, 7), six("fd00::2", kTwo, 2, 7)}).size() == 2);
}

TEST_CASE("two interfaces of a client whose MAC addresses are not known are told by their IAIDs") {
  const auto of = [](std::string_view address, std::uint64_t changed, std::uint32_t iaid) {
    return with(
        with(lease_of(address, "", changed), &OwnedLease::client_id, std::vector<std::uint8_t>{0, 4, 7}),
        &OwnedLease::iaid, Iaid{iaid, false});
  };
  CHECK(answers({of("fd00::1", 1, 111), of("fd00::2", 2, 222)}).size() == 2);
  CHECK(answers({of("fd00::1", 1, 111), of("fd00::2", 2, 111)}) == Addresses{"fd00::2"});
}

TEST_CASE("a machine has an address in each subnet of IPv6, and a temporary one beside it") {
  CHECK(answers({lease_of("fd00:0:0:1::1", kOne, 1), lease_of("fd00:0:0:2::1", kOne, 2)}).size() == 2);
  CHECK(answers({with(lease_of("fd00::1", kOne, 1), &OwnedLease::iaid, Iaid{1, false}),
                 with(lease_of("fd00::2", kOne, 2), &OwnedLease::iaid, Iaid{1, true})})
            .size() == 2);
}

TEST_CASE("a newer lease under a guest's name replaces an older one that has the name itself") {
  OwnedLease newer = with(lease_of("10.0.0.9", kOne, 2), &OwnedLease::guest_name, std::string("web"));
  newer.hostname = "ubuntu";
  CHECK(answers({lease_of("10.0.0.2", kOne, 1), newer}) == Addresses{"10.0.0.9"});
  CHECK(answers({lease_of("10.0.0.2", kTwo, 1), newer}) == Addresses{"10.0.0.2", "10.0.0.9"});
}

TEST_CASE("of leases that changed at the same time the one with the name itself comes before a guest's") {
  for (const char* guests : {"10.0.0.1", "10.0.0.9"}) {
    OwnedLease guest = with(lease_of(guests, kOne, 1), &OwnedLease::guest_name, std::string("web"));
    guest.hostname = "ubuntu";
    CHECK(answers({lease_of("10.0.0.5", kOne, 1), guest}) == Addresses{"10.0.0.5"});
    CHECK(answers({guest, lease_of("10.0.0.5", kOne, 1)}) == Addresses{"10.0.0.5"});
  }
}

TEST_CASE("only a lease that the question is about replaces another") {
  const OwnedLease newer = with(lease_of("10.0.0.9", kOne, 2), &OwnedLease::domain, std::string("lab"));
  const std::vector<OwnedLease> leases{
      with(lease_of("10.0.0.2", kOne, 1), &OwnedLease::domain, std::string("old")), newer};
  CHECK(answers(leases) == Addresses{"10.0.0.9"});
  CHECK(answers(leases, "web.lab") == Addresses{"10.0.0.9"});
  CHECK(answers(leases, "web.old") == Addresses{"10.0.0.2"});
}

TEST_CASE("it holds in an overlay, and when the newest lease is deleted there") {
  const OwnedLease older = lease_of("10.0.0.2", kOne, 1);
  const OwnedLease newer = lease_of("10.0.0.9", kOne, 2);
  const IndexedSource network{"br0", {}};
  BuiltIndex index = index_of({older});
  REQUIRE(index.publish(
      build_table(next_overlay(index.view(), change_of(network, newer.address, {}, newer.lease())))));
  CHECK(answers(index.view(), "web") == Addresses{"10.0.0.9"});
  REQUIRE(index.publish(
      build_table(next_overlay(index.view(), change_of(network, newer.address, newer.lease(), {})))));
  CHECK(answers(index.view(), "web") == Addresses{"10.0.0.2"});
}

TEST_CASE("a lease of two sources is given once") {
  OwnedLease other = with(lease_of("10.0.0.1", kOne, 2), &OwnedLease::source, std::string("/x"));
  TableInput contents;
  contents.sources.push_back({"br0", {}, SourceKind::dnsmasq_leases, "/x"});
  const BuiltIndex index = index_of({lease_of("10.0.0.1", kOne, 1), other}, contents);
  CHECK(answers(index.view(), "web") == Addresses{"10.0.0.1"});
}

TEST_CASE("the machines that have several leases may be among many that have the name") {
  std::vector<OwnedLease> leases;
  for (unsigned n = 0; n < 30; ++n) {
    const std::string machine = "02:00:00:00:01:" + std::to_string(n + 10);
    leases.push_back(lease_of(nth("10.0.", n), machine, n + 1));
    leases.push_back(lease_of(nth("10.1.", n), machine, n + 100));
  }
  CHECK(answers(leases).size() == 30);
}

TEST_CASE("the addresses of one family take no room from the other's") {
  for (const unsigned count : {1023U, 1024U, 1025U, 3000U}) {
    CAPTURE(count);
    std::vector<OwnedLease> leases{lease_of("10.255.0.1", kOne, 1)};
    for (unsigned n = 0; n < count; ++n) {
      const std::string address = "fd00::1:";
      leases.push_back(lease_of(address + std::to_string(n), "", n + 2));
    }
    const Addresses given = answers(leases);
    CHECK(given.size() == std::min(count, kMaxAddresses) + 1);
    CHECK(given.back() == "10.255.0.1");
    CHECK(given.front() == "fd00::1:" + std::to_string(count - 1));
  }
  std::vector<OwnedLease> leases{lease_of("fd00::1", kOne, 1)};
  for (unsigned n = 0; n < 3000; ++n) leases.push_back(lease_of(nth("10.0.", n), "", n + 2));
  CHECK(answers(leases).size() == kMaxAddresses + 1);
  CHECK(answers(leases).back() == "fd00::1");
}

namespace {

OwnedLease reserved(std::string_view address, std::string_view hostname = "web") {
  OwnedLease lease;
  lease.address = ip(address);
  lease.hostname = hostname;
  lease.reserved = true;
  return lease;
}

std::string name_at(const IndexView& view, std::string_view address, std::uint64_t now) {
  std::string name;
  visit_answers(view, view.find(ip(address)), {now}, [&](const Answer& answer) {
    name = answer.name;
    return false;
  });
  return name;
}

}  // namespace

TEST_CASE("a reservation answers, by name and by address, for a minute at a time") {
  const BuiltIndex index = index_of({reserved("10.0.0.5"), reserved("10.0.0.6", "db")});
  CHECK(answers(index.view(), "web.br0", 1000) == Addresses{"10.0.0.5"});
  CHECK(name_at(index.view(), "10.0.0.5", 1000) == "web");
  visit_answers(index.view(), *HostQuery::parse("web"), {1000}, [](const Answer& answer) {
    CHECK(answer.is_reserved());
    CHECK(answer.expiry == ExpiryTime{1060});
    return true;
  });
}

TEST_CASE("a live lease of the name or of the address hides a reservation until it expires") {
  const OwnedLease same_name = with(lease_of("10.0.0.77", kOne, 1), &OwnedLease::expiry, 100U);
  OwnedLease same_address = with(lease_of("10.0.0.5", kOne, 1), &OwnedLease::expiry, 100U);
  same_address.hostname = "other";
  OwnedLease guest = with(lease_of("10.0.0.78", kOne, 1), &OwnedLease::expiry, 100U);
  guest.hostname = "";
  guest.guest_name = "web.corp";
  for (const OwnedLease& live : {same_name, same_address, guest}) {
    CAPTURE(live.lease());
    const BuiltIndex index = index_of({reserved("10.0.0.5"), live});
    const bool has_name = live.address != ip("10.0.0.5");
    CHECK(answers(index.view(), "web", 99) ==
          (has_name ? Addresses{IpText(live.address).c_str()} : Addresses{}));
    CHECK(name_at(index.view(), "10.0.0.5", 99) == (has_name ? "" : "other"));
    CHECK(answers(index.view(), "web", 100) == Addresses{"10.0.0.5"});
    CHECK(name_at(index.view(), "10.0.0.5", 100) == "web");
  }
}

TEST_CASE("a lease in another network and a refused name hide no reservation") {
  const OwnedLease elsewhere = with(lease_of("10.1.0.77", kOne, 1), &OwnedLease::network, std::string("br1"));
  CHECK(answers({reserved("10.0.0.5"), elsewhere}, "web.br0") == Addresses{"10.0.0.5"});
  CHECK(answers({reserved("10.0.0.5"), elsewhere}).size() == 2);
  CHECK(answers({reserved("10.0.0.5"), with(lease_of("10.0.0.77", kOne, 1), &OwnedLease::name_refused,
                                            true)}) == Addresses{"10.0.0.5"});
  CHECK(answers({with(reserved("10.0.0.5"), &OwnedLease::name_refused, true)}).empty());
}

TEST_CASE("of several reservations of a name each answers that is not hidden") {
  CHECK(answers({reserved("10.0.0.5"), reserved("fd00::5")}).size() == 2);
  OwnedLease other = lease_of("10.0.0.5", kOne, 1);
  other.hostname = "other";
  CHECK(answers({reserved("10.0.0.5"), reserved("fd00::5"), other}) == Addresses{"fd00::5"});
}

OwnedLease others(OwnedLease lease) {
  lease.network = "hv2:lab";
  lease.host = "hv2";
  lease.source = "/shared/hv2/lab.status";
  return lease;
}

TEST_CASE("this host's leases come before those of others, which may be newer") {
  const OwnedLease own = lease_of("10.0.0.1", kOne, 1);
  const OwnedLease other = others(lease_of("10.9.0.1", kTwo, 9));
  CHECK(answers({other, own}) == Addresses{"10.0.0.1"});
  CHECK(answers({other, own}, "web.hv2") == Addresses{"10.9.0.1"});
  CHECK(answers({other, own}, "web.br0") == Addresses{"10.0.0.1"});
  CHECK(answers({other}) == Addresses{"10.9.0.1"});
}

TEST_CASE("a name that only a guest has here comes before another host's own") {
  OwnedLease guest = with(lease_of("10.0.0.1", kOne, 1), &OwnedLease::guest_name, std::string("web"));
  guest.hostname = "ubuntu";
  CHECK(answers({others(lease_of("10.9.0.1", kTwo, 9)), guest}) == Addresses{"10.0.0.1"});
}

TEST_CASE("another host's lease answers when this host's has ended") {
  const OwnedLease own = with(lease_of("10.0.0.1", kOne, 1), &OwnedLease::expiry, 100U);
  const std::vector<OwnedLease> leases{own, others(lease_of("10.9.0.1", kTwo, 9))};
  CHECK(answers(leases, "web", 99) == Addresses{"10.0.0.1"});
  CHECK(answers(leases, "web", 100) == Addresses{"10.9.0.1"});
}

TEST_CASE("however many others have a name, this host's is found") {
  std::vector<OwnedLease> leases;
  for (unsigned n = 0; n < 3000; ++n) leases.push_back(others(lease_of(nth("10.9.", n), "", n + 10)));
  leases.push_back(lease_of("10.0.0.1", kOne, 1));
  CHECK(answers(leases) == Addresses{"10.0.0.1"});
}

TEST_CASE("another host's network is no suffix, which could be any domain") {
  const std::vector<OwnedLease> leases{others(lease_of("10.9.0.1", kTwo, 9))};
  CHECK(answers(leases, "web.hv2") == Addresses{"10.9.0.1"});
  CHECK(answers(leases, "web.lab").empty());
  CHECK(answers(leases, "web.hv2:lab").empty());
}

TEST_CASE("an address that is leased here has no name that another host gives it") {
  const auto name = [](const std::vector<OwnedLease>& leases, std::uint64_t now = 0) {
    const BuiltIndex index = index_of(leases);
    return name_at(index.view(), "10.0.0.1", now);
  };
  OwnedLease other = others(lease_of("10.0.0.1", kTwo, 9));
  other.hostname = "stolen";
  OwnedLease own = with(lease_of("10.0.0.1", kOne, 1), &OwnedLease::expiry, 100U);
  CHECK(name({other}) == "stolen");
  CHECK(name({own, other}) == "web");
  CHECK(name({own, other}, 100) == "stolen");
  own.hostname = "";
  CHECK(name({own, other}).empty());
}

TEST_SUITE_END();

}  // namespace leases::test
