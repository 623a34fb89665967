#include "import/source_changes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/host_name.h"
#include "common/table.h"
#include "import/guest_names.h"
#include "store/client_hardware.h"
#include "util/hash_table.h"

namespace leases {

namespace {

/// Each overlay repeats the one before it, so a large one makes every later event expensive.
std::size_t most_in_overlay(const Table& snapshot) {
  constexpr std::size_t kAlways = 32;
  constexpr std::size_t kShare = 64;
  return kAlways + snapshot.lease_count() / kShare;
}

/// Except for the guest's name, which is looked up later, unless another host gives it.
bool is_as_before(const Lease& before, const Lease& after) {
  Lease same = before;
  if (after.host.empty()) same.guest_name = after.guest_name;
  return equal_but_for_time(same, after) && same.changed == after.changed;
}

class ChangeFinder {
 public:
  ChangeFinder(const IndexView& view, const SourcesInIndex& known, const NamePolicy& policy)
      : view_(view), known_(known), policy_(policy), most_(most_in_overlay(view.snapshot())) {}

  std::optional<IndexChanges> find(std::span<const SourceUpdate> updates) {
    std::size_t met = 0;
    for (const SourceUpdate& update : updates) {
      if (update.known != nullptr) ++met;
      if (update.known == nullptr || *update.source != *update.known)
        changes_.sources.push_back(*update.source);
      if (!update.keeps_known && !compare(update)) return {};
    }
    // An overlay cannot take a source away.
    if (met != known_.all().size() || !is_overlay_judged() || !name_guests() || !is_small()) return {};
    return std::move(changes_);
  }

 private:
  [[nodiscard]] bool is_small() const {
    return view_.overlay().lease_count() + changes_.added.size() + changes_.removed.size() <= most_;
  }

  /// Finds what changed in a source. False if an overlay cannot express it.
  bool compare(const SourceUpdate& update) {
    const IndexedSource& source = *update.source;
    // Guests are in the snapshot only.
    if (properties_of(source.kind).has_guests) return false;
    if (update.known != nullptr && update.known->kind != source.kind) return false;
    if (update.is_addition) return compare_addition(update);
    HashMultimap<IpAddress, const Lease*> before;
    for (const Lease& lease : known_.leases_of(source.network, source.path))
      before.emplace(lease.address, &lease);
    HashSet<IpAddress> present;
    for (const Lease& lease : update.leases) {
      if (!present.insert(lease.address).second) return false;
      const auto [first, last] = before.equal_range(lease.address);
      const bool is_one = first != last && std::next(first) == last;
      if (is_one && is_as_before(*first->second, lease)) {
        before.erase(first);
      } else {
        changes_.added.push_back(lease);
        if (!is_small()) return false;
      }
    }
    for (const auto& [address, lease] : before) remove(*lease);
    return is_small();
  }

  /// The same for what was appended to a log, whose other leases are not looked at.
  bool compare_addition(const SourceUpdate& update) {
    const IndexedSource& source = *update.source;
    for (const Lease& lease : update.leases) {
      const auto before = known_.lease_at(source.network, source.path, lease.address);
      if (before && is_as_before(*before, lease)) continue;
      if (before) remove(*before);
      changes_.added.push_back(lease);
      if (!is_small()) return false;
    }
    for (const IpAddress& address : update.ended) {
      if (const auto before = known_.lease_at(source.network, source.path, address)) remove(*before);
    }
    return is_small();
  }

  void remove(const Lease& lease) {
    removed_.emplace(lease.address, changes_.removed.size());
    changes_.removed.push_back(lease);
  }

  [[nodiscard]] bool is_removed(const Lease& lease) const {
    const auto [first, last] = removed_.equal_range(lease.address);
    return std::any_of(
        first, last, [&](const auto& entry) { return at_same_place(lease, changes_.removed[entry.second]); });
  }

  /// Whether the leases that events and imports put there agree with the policy. If not, status files may
  /// have to be written.
  [[nodiscard]] bool is_overlay_judged() const {
    const Table& overlay = view_.overlay();
    if (overlay.lease_count() > most_) return false;
    for (std::uint32_t i = 0; i < overlay.lease_count(); ++i) {
      if ((overlay.record(i).flags & layout::kGone) != 0) continue;
      Lease lease = overlay.lease(i);
      if (!is_removed(lease) && policy_.judge(lease)) return false;
    }
    return true;
  }

  /// Networks in which a lease differs, or differed, from the snapshot: it may identify the machine of other
  /// leases there.
  [[nodiscard]] std::set<std::string_view> touched_networks() const {
    std::set<std::string_view> networks;
    for (const auto* leases : {&changes_.removed, &changes_.added}) {
      for (const Lease& lease : *leases) networks.insert(lease.network);
    }
    const Table& overlay = view_.overlay();
    for (std::uint32_t i = 0; i < overlay.lease_count(); ++i) {
      const layout::LeaseRecord record = overlay.record(i);
      if ((record.flags & layout::kGone) == 0) networks.insert(overlay.network_of(record.source));
      const Table::Range range = view_.snapshot().find(Table::address_of(record));
      for (std::uint32_t n = 0; n < range.count; ++n)
        networks.insert(view_.snapshot().network_of(view_.snapshot().record(range.first + n).source));
    }
    return networks;
  }

  /// Looks up the guests of the leases that were added, and of those whose guest may have changed. False if
  /// several maps have different names for one machine: then the order of the maps counts, which is not known
  /// here.
  bool name_guests() {
    if (view_.snapshot().guest_count() == 0) return true;
    const std::set<std::string_view> networks = touched_networks();
    std::vector<Lease> kept;
    ClientHardware clients;
    for (const IndexedSource& source : known_.all()) {
      if (!networks.contains(source.network)) continue;
      for (const Lease& lease : known_.leases_of(source.network, source.path)) {
        if (is_removed(lease)) continue;
        clients.add(lease);
        const bool may_be_another = !lease.hardware || view_.overlay().find(lease.address).count > 0;
        if (may_be_another) kept.push_back(lease);
      }
    }
    for (const Lease& lease : changes_.added) clients.add(lease);
    for (Lease& lease : changes_.added) {
      if (!name_guest(lease, clients)) return false;
    }
    for (const Lease& lease : kept) {
      Lease named = lease;
      if (!name_guest(named, clients)) return false;
      if (named.guest_name == lease.guest_name) continue;
      changes_.removed.push_back(lease);
      changes_.added.push_back(named);
    }
    return true;
  }

  bool name_guest(Lease& lease, const ClientHardware& clients) {
    if (!lease.host.empty()) return true;
    lease.guest_name = {};
    const auto hardware = clients.of(lease);
    if (!hardware) return true;
    if (!look_up(*hardware)) return false;
    policy_.name_guest(lease, guests_.name_of(*hardware, lease.network));
    return true;
  }

  bool look_up(const HardwareAddress& hardware) {
    const std::string_view bytes(reinterpret_cast<const char*>(hardware.bytes.data()), hardware.length);
    if (!looked_up_.emplace(hardware.type, bytes).second) return true;
    const std::vector<GuestInIndex> all = guests_of(view_, hardware);
    for (const GuestInIndex& guest : all) {
      const bool is_unclear = std::ranges::any_of(all, [&](const GuestInIndex& other) {
        return other.network == guest.network && other.source != guest.source;
      });
      if (is_unclear) return false;
      guests_.add(guest);
    }
    return true;
  }

  const IndexView& view_;
  const SourcesInIndex& known_;
  const NamePolicy& policy_;
  std::size_t most_;
  IndexChanges changes_;
  HashMultimap<IpAddress, std::size_t> removed_;  ///< places in changes_.removed
  GuestNames guests_;                             ///< of the machines in looked_up_
  std::set<std::pair<std::uint16_t, std::string>> looked_up_;
};

}  // namespace

std::optional<IndexChanges> few_changes(const IndexView& view, const SourcesInIndex& known,
                                        const NamePolicy& policy, std::span<const SourceUpdate> updates) {
  return ChangeFinder(view, known, policy).find(updates);
}

}  // namespace leases
