#include "helper/renewal_hint.h"

#include <doctest/doctest.h>

#include <functional>

#include "support.h"

namespace leases::test {

namespace {

constexpr EpochSeconds kNow{1'700'000'000};
constexpr ExpiryTime kPast{1'699'999'999};
constexpr ExpiryTime kFuture{1'700'000'600};

/// A lease that was to be over, and of which dnsmasq says that it still had it.
struct Missed {
  Lease before;
  LeaseEvent event;

  Missed() {
    before.network = "lan";
    before.address = event.address = parse_ip("10.0.0.9").value();
    before.hardware = event.hardware = HardwareAddress::parse("52:54:00:00:00:01");
    before.expiry = kPast;
    event.expiry = kFuture;
    event.known_expiry = kFuture;
  }

  [[nodiscard]] bool shows() const { return shows_missed_renewal(event, before, kNow); }
};

bool shows_with(const std::function<void(Missed&)>& change) {
  Missed missed;
  change(missed);
  return missed.shows();
}

}  // namespace

TEST_SUITE_BEGIN("renewal_hint");

TEST_CASE("a lease that was to be over and went on was renewed") {
  CHECK(Missed().shows());
  CHECK(shows_with([](Missed& missed) { missed.event.known_expiry = ExpiryTime{0}; }));
  CHECK(shows_with([](Missed& missed) { missed.event.kind = LeaseEvent::Kind::ended; }));
  // It was renewed, and ended before anybody was told.
  CHECK(shows_with([](Missed& missed) {
    missed.before.expiry = {kPast.seconds - 10};
    missed.event.known_expiry = kPast;
    missed.event.kind = LeaseEvent::Kind::ended;
  }));
}

TEST_CASE("what needs no renewal shows none") {
  SUBCASE("it is new to dnsmasq, or that has no clock") {
    CHECK_FALSE(shows_with([](Missed& missed) { missed.event.known_expiry = {}; }));
  }
  SUBCASE("it ends when it was to end") {
    CHECK_FALSE(shows_with([](Missed& missed) {
      missed.event.known_expiry = kPast;
      missed.event.kind = LeaseEvent::Kind::ended;
    }));
  }
  SUBCASE("its time was not over") {
    CHECK_FALSE(shows_with([](Missed& missed) { missed.before.expiry = {kNow.value + 1}; }));
    CHECK_FALSE(shows_with([](Missed& missed) { missed.before.expiry = {0}; }));
  }
  SUBCASE("it was another client's") {
    CHECK_FALSE(shows_with([](Missed& missed) { missed.before.hardware.reset(); }));
    CHECK_FALSE(shows_with([](Missed& missed) {
      missed.before.address = missed.event.address = parse_ip("fd00::9").value();
      missed.event.client_id = {1};
    }));
  }
  SUBCASE("it is libvirt's dnsmasq, which has leasefile-ro") {
    CHECK_FALSE(shows_with([](Missed& missed) { missed.event.for_libvirt = true; }));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
