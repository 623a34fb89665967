#include "store/overlay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/owned_lease.h"
#include "util/folded_name.h"

namespace leases::test {

namespace {

const std::vector<std::string> kNetworks{"br0", "lab", "virbr0"};
const std::vector<std::string> kNames{"web", "db", "a", "node-1", "x"};
const std::vector<IpAddress> kAddresses{ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3"), ip("10.0.1.1"),
                                        ip("fd00::1"),  ip("fd00::2"),  ip("::")};

void most_recent_first(std::vector<Lease>& leases) {
  std::sort(leases.begin(), leases.end(),
            [](const Lease& a, const Lease& b) { return a.changed > b.changed; });
}

/// What the index should say, in the simplest form there is.
class Model {
 public:
  /// A change that could happen next. Its texts are the model's and stay until the next one.
  LeaseChange random_change(std::mt19937& random) {
    const std::string& network = kNetworks[random() % kNetworks.size()];
    const IpAddress& address = kAddresses[random() % kAddresses.size()];
    LeaseChange change = change_of({network, random_stamp(random)}, address, {}, {});
    const auto known = leases_.find({network, address});
    if (known != leases_.end()) {
      replaced_ = known->second;
      change.before = replaced_.lease();
    }
    if (known == leases_.end() || random() % 3 != 0) {
      added_ = random_lease(network, address, random);
      change.after = added_.lease();
    }
    return change;
  }

  void apply(const LeaseChange& change) {
    stamps_[change.source.network] = change.source.stamp;
    leases_.erase({change.source.network, change.address});
    if (!change.after) return;
    leases_[{change.source.network, change.address}] = added_;
    newest_ = change.after->changed;
  }

  [[nodiscard]] std::vector<Lease> with_name(const std::string& name) const {
    return matching([&](const Lease& lease) { return folded(std::string(lease.accepted_name())) == name; });
  }
  [[nodiscard]] std::vector<Lease> at(const IpAddress& address) const {
    return matching([&](const Lease& lease) { return lease.address == address; });
  }
  [[nodiscard]] TableInput contents() const {
    TableInput contents;
    contents.leases = matching([](const Lease&) { return true; });
    for (const auto& [name, stamp] : stamps_) contents.sources.push_back({name, stamp});
    contents.newest_change = newest_;
    return contents;
  }

 private:
  static layout::FileStamp random_stamp(std::mt19937& random) {
    return {random(), random(), random(), static_cast<std::int64_t>(random()),
            static_cast<std::int64_t>(random())};
  }

  OwnedLease random_lease(const std::string& network, const IpAddress& address, std::mt19937& random) {
    OwnedLease lease = address.family == Family::v4 ? full_v4() : full_v6();
    lease.network = network;
    lease.address = address;
    const std::size_t name = random() % (kNames.size() + 1);
    lease.hostname = name == kNames.size() ? "" : kNames[name];
    for (char& c : lease.hostname) {
      if (c >= 'a' && c <= 'z' && random() % 2 == 0) c = static_cast<char>(c - 'a' + 'A');
    }
    lease.name_refused = !lease.hostname.empty() && random() % 8 == 0;
    lease.domain = random() % 2 == 0 ? "lan" : "";
    lease.expiry = random();
    lease.changed = ++clock_;
    return lease;
  }

  template <typename Matches>
  [[nodiscard]] std::vector<Lease> matching(const Matches& matches) const {
    std::vector<Lease> found;
    for (const auto& [place, lease] : leases_) {
      if (matches(lease.lease())) found.push_back(lease.lease());
    }
    most_recent_first(found);
    return found;
  }

  std::map<std::pair<std::string, IpAddress>, OwnedLease> leases_;
  std::map<std::string, layout::FileStamp> stamps_;
  ChangeTime newest_;
  std::uint64_t clock_ = 1000;
  OwnedLease replaced_;
  OwnedLease added_;
};

void check_against_model(const IndexView& view, const Model& model) {
  for (const std::string& name : kNames) {
    CAPTURE(name);
    CHECK(leases_of(view, name) == model.with_name(name));
  }
  for (const IpAddress& address : kAddresses) {
    CAPTURE(address);
    CHECK(leases_of(view, address) == model.at(address));
  }
  CHECK_FALSE(view.find(*CanonicalLabel::parse("nobody")));

  const TableInput expected = model.contents();
  std::vector<Lease> met = enumerated(view);
  most_recent_first(met);
  CHECK(met == expected.leases);
  std::vector<Lease> visited;
  view.for_each_lease([&](const Lease& lease) { visited.push_back(lease); });
  most_recent_first(visited);
  CHECK(visited == expected.leases);
  CHECK(view.newest_change() == expected.newest_change);
}

layout::FileStamp stamp_in(const IndexView& view, const std::string& network) {
  for (const Table* table : {&view.overlay(), &view.snapshot()}) {
    for (std::uint32_t i = 0; i < table->source_count(); ++i) {
      if (table->network_of(i) == network) return table->source(i).stamp;
    }
  }
  return {};
}

IndexView view_after(BuiltIndex& image, const LeaseChange& change) {
  REQUIRE(image.publish(build_table(next_overlay(image.view(), change))));
  return image.view();
}

}  // namespace

TEST_SUITE_BEGIN("overlay");

TEST_CASE("after any sequence of changes the index says what a map says") {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Model model;
    BuiltIndex image(build_table({}), 1 << 16);
    int compactions = 0;
    for (int step = 0; step < 400; ++step) {
      CAPTURE(step);
      const LeaseChange change = model.random_change(random);
      const IndexView before = image.view();
      const std::string whole = build_table(next_snapshot(before, change));
      const std::string overlay = build_table(next_overlay(before, change));
      model.apply(change);
      CHECK(whole == build_table(model.contents()));

      // The same view of the index comes about in both ways.
      check_against_model(BuiltIndex(whole).view(), model);
      if (!image.publish(overlay)) {
        image = BuiltIndex(whole, 1 << 16);
        ++compactions;
      }
      const IndexView after = image.view();
      check_against_model(after, model);
      CHECK(stamp_in(after, change.source.network) == change.source.stamp);
      CHECK(build_table(current_snapshot(after)) == whole);
    }
    CHECK(compactions > 0);
  }
}

TEST_CASE("an enumeration meets what is leased all the while exactly once, whatever else changes") {
  std::mt19937 random(7);
  Model model;
  BuiltIndex image(build_table({}), 1 << 20);
  for (int step = 0; step < 60; ++step) {
    const LeaseChange change = model.random_change(random);
    const std::string overlay = build_table(next_overlay(image.view(), change));
    model.apply(change);
    REQUIRE(image.publish(overlay));
  }
  for (int round = 0; round < 20; ++round) {
    std::map<IpAddress, int> always;
    for (const IpAddress& address : kAddresses) {
      if (!model.at(address).empty()) always[address] = 0;
    }
    std::optional<IpAddress> previous;
    for (std::size_t turns = 0;; ++turns) {
      REQUIRE(turns <= kAddresses.size());
      const IndexView view = image.view();
      const IndexView::Records records = view.next(previous);
      if (records.range.count == 0) break;
      previous = Table::address_of(records.table->record(records.range.first));
      if (always.contains(*previous)) ++always[*previous];

      const LeaseChange change = model.random_change(random);
      const std::string overlay = build_table(next_overlay(view, change));
      model.apply(change);
      REQUIRE(image.publish(overlay));
      if (model.at(change.address).empty()) always.erase(change.address);
    }
    for (const auto& seen : always) {
      CAPTURE(seen.first);
      CHECK(seen.second == 1);
    }
  }
}

TEST_CASE("a name that moves to another address is gone from the first at once") {
  const OwnedLease old_holder = full_v4();
  BuiltIndex image(build_table({{old_holder.lease()}, {{"br0", {}}}, {old_holder.changed}, {}}));
  OwnedLease nameless = old_holder;
  nameless.hostname.clear();
  nameless.changed += 1;
  const IndexView lost =
      view_after(image, change_of({"br0", {}}, old_holder.address, old_holder.lease(), nameless.lease()));
  CHECK(leases_of(lost, "alpha").empty());
  CHECK(leases_of(lost, old_holder.address) == std::vector{nameless.lease()});

  OwnedLease winner = old_holder;
  winner.address = ip("10.77.1.200");
  winner.changed += 2;
  const IndexView won = view_after(image, change_of({"br0", {}}, winner.address, {}, winner.lease()));
  CHECK(leases_of(won, "alpha") == std::vector{winner.lease()});
}

TEST_CASE("the same address and the same name in two networks are two leases") {
  const OwnedLease here = full_v4();
  OwnedLease there = here;
  there.network = "lab";
  there.changed += 1;
  BuiltIndex image(build_table({{here.lease()}, {{"br0", {}}}, {here.changed}, {}}));
  const IndexView both = view_after(image, change_of({"lab", {}}, there.address, {}, there.lease()));
  CHECK(leases_of(both, "alpha") == std::vector{there.lease(), here.lease()});
  CHECK(leases_of(both, here.address) == std::vector{there.lease(), here.lease()});

  const IndexView one = view_after(image, change_of({"br0", {}}, here.address, here.lease(), {}));
  CHECK(leases_of(one, "alpha") == std::vector{there.lease()});
  CHECK(leases_of(one, here.address) == std::vector{there.lease()});
}

TEST_CASE("an overlay holds what has changed and not what has not") {
  std::vector<OwnedLease> leases;
  for (int i = 0; i < 200; ++i) {
    leases.push_back(full_v4());
    leases.back().address = ip("10.1.0." + std::to_string(i));
    leases.back().hostname = "host-" + std::to_string(i);
    leases.back().changed += static_cast<std::uint64_t>(i);
  }
  const BuiltIndex image(build_table({views_of(leases), {{"br0", {}}}, {leases.back().changed}, {}}));
  OwnedLease renewed = leases[7];
  renewed.expiry += 60;
  const TableInput overlay =
      next_overlay(image.view(), change_of({"br0", {}}, renewed.address, leases[7].lease(), renewed.lease()));
  CHECK(overlay.leases == std::vector{renewed.lease()});
  CHECK(overlay.overlay->names == std::vector<std::string>{"host-7"});
  CHECK(overlay.overlay->gone.empty());
}

TEST_SUITE_END();

}  // namespace leases::test
