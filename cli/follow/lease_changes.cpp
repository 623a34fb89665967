#include "cli/follow/lease_changes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "store/index_reader.h"

namespace leases::cli {

namespace {

bool same_name(const Lease& a, const Lease& b) {
  return std::tie(a.hostname, a.name_refused, a.domain, a.guest_name) ==
         std::tie(b.hostname, b.name_refused, b.domain, b.guest_name);
}

class Comparison {
 public:
  explicit Comparison(EpochSeconds now) : now_(now) {}

  void ended(const Lease& lease) {
    const bool over = lease.expiry.expired_at(now_);
    changes_.push_back({over ? LeaseDiff::Kind::expired : LeaseDiff::Kind::released, lease, {}});
  }
  void added(const Lease& lease) { changes_.push_back({LeaseDiff::Kind::added, lease, {}}); }
  void stayed(const Lease& before, const Lease& after) {
    if (match_clients(before, after) == ClientMatch::different) {
      ended(before);
      added(after);
    } else if (!same_name(before, after)) {
      changes_.push_back({LeaseDiff::Kind::renamed, after, before});
    } else if (before.changed != after.changed) {
      changes_.push_back({LeaseDiff::Kind::renewed, after, before});
    }
  }

  std::vector<LeaseDiff> in_order() {
    const auto has_ended = [](const LeaseDiff& change) {
      return change.kind == LeaseDiff::Kind::released || change.kind == LeaseDiff::Kind::expired;
    };
    const auto rest = std::stable_partition(changes_.begin(), changes_.end(), has_ended);
    std::stable_sort(rest, changes_.end(),
                     [](const LeaseDiff& a, const LeaseDiff& b) { return changed_before(a.lease, b.lease); });
    return std::move(changes_);
  }

 private:
  EpochSeconds now_;
  std::vector<LeaseDiff> changes_;
};

}  // namespace

std::string_view name_of(LeaseDiff::Kind kind) {
  constexpr std::array<std::string_view, 5> kNames{"added", "renewed", "renamed", "released", "expired"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<LeaseDiff> changes_between(std::span<const Lease> before, std::span<const Lease> after,
                                       EpochSeconds now) {
  Comparison comparison(now);
  auto old = before.begin();
  auto present = after.begin();
  while (old != before.end() || present != after.end()) {
    if (present == after.end() || (old != before.end() && before_in_listing(*old, *present))) {
      comparison.ended(*old++);
    } else if (old == before.end() || before_in_listing(*present, *old)) {
      comparison.added(*present++);
    } else {
      comparison.stayed(*old++, *present++);
    }
  }
  return comparison.in_order();
}

}  // namespace leases::cli
