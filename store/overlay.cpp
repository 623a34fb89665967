#include "store/overlay.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/table.h"
#include "util/folded_name.h"
#include "util/hash_table.h"

namespace leases {

namespace {

void set_source(std::vector<IndexedSource>& sources, const IndexedSource& changed) {
  const auto known = std::find_if(sources.begin(), sources.end(), [&](const IndexedSource& source) {
    return source.is(changed.network, changed.path);
  });
  if (known != sources.end()) {
    *known = changed;
  } else {
    sources.push_back(changed);
  }
}

/// Builds the next overlay. The rule that it keeps: for every name in `names` and every address in
/// `addresses_`, all leases are in it.
class OverlayBuilder {
 public:
  explicit OverlayBuilder(const IndexView& view) : snapshot_(view.snapshot()), present_(view.overlay()) {
    contents_.overlay.emplace();
    contents_.newest_change = view.newest_change();
    for (std::uint32_t i = 0; i < present_.lease_count(); ++i) {
      const layout::LeaseRecord record = present_.record(i);
      addresses_.insert(Table::address_of(record));
      if ((record.flags & layout::kGone) == 0) contents_.leases.push_back(present_.lease(i));
    }
    for (std::uint32_t i = 0; i < present_.name_count(); ++i) {
      const layout::NameSlot slot = present_.name(i);
      add_name(present_.text(slot.name_offset, slot.name_length));
    }
    for (std::uint32_t i = 0; i < present_.source_count(); ++i) {
      contents_.sources.push_back(source_of(present_, i));
      sources_.emplace(present_.network_of(i), present_.path_of(i));
    }
  }

  TableInput with(const IndexChanges& changes) {
    for (const auto* leases : {&changes.removed, &changes.added}) {
      for (const Lease& lease : *leases) {
        complete_address(lease.address);
        complete_name(lease.accepted_name());
        complete_name(lease.guest_label());
      }
    }
    apply(changes);
    find_gone_addresses();
    for (const IndexedSource& source : changes.sources) put_source(source);
    add_missing_sources();
    return std::move(contents_);
  }

 private:
  /// False if it is there already.
  bool add_name(std::string_view name) {
    if (!names_.insert(folded(name)).second) return false;
    contents_.overlay->names.emplace_back(name);
    return true;
  }

  void complete_address(const IpAddress& address) {
    if (!addresses_.insert(address).second) return;
    const Table::Range range = snapshot_.find(address);
    for (std::uint32_t n = 0; n < range.count; ++n) {
      contents_.leases.push_back(snapshot_.lease(range.first + n));
    }
  }

  void complete_name(std::string_view name) {
    if (name.empty() || !add_name(name)) return;
    const auto label = CanonicalLabel::parse(name);
    const auto position = label ? snapshot_.find(*label) : std::nullopt;
    if (!position) return;
    const layout::NameSlot slot = snapshot_.name(*position);
    for (std::uint32_t n = 0; n < slot.lease_count; ++n) {
      complete_address(Table::address_of(snapshot_.record(snapshot_.position_of(slot, n))));
    }
  }

  void apply(const IndexChanges& changes) {
    HashMultimap<IpAddress, const Lease*> removed;
    for (const Lease& lease : changes.removed) removed.emplace(lease.address, &lease);
    std::erase_if(contents_.leases, [&](const Lease& lease) {
      const auto [first, last] = removed.equal_range(lease.address);
      return std::any_of(first, last, [&](const auto& entry) { return at_same_place(lease, *entry.second); });
    });
    for (const Lease& lease : changes.added) {
      contents_.leases.push_back(lease);
      contents_.newest_change = std::max(contents_.newest_change, lease.changed);
    }
  }

  void find_gone_addresses() {
    HashSet<IpAddress> leased;
    for (const Lease& lease : contents_.leases) leased.insert(lease.address);
    for (const IpAddress& address : addresses_) {
      if (!leased.contains(address)) contents_.overlay->gone.push_back(address);
    }
  }

  void put_source(const IndexedSource& changed) {
    set_source(contents_.sources, changed);
    sources_.emplace(changed.network, changed.path);
  }

  void add_missing_sources() {
    for (const Lease& lease : contents_.leases) {
      if (!sources_.emplace(lease.network, lease.source).second) continue;
      const auto position = position_of_source(snapshot_, lease.network, lease.source);
      if (position) contents_.sources.push_back(source_of(snapshot_, *position));
    }
  }

  const Table& snapshot_;
  const Table& present_;  ///< the overlay so far
  HashSet<IpAddress> addresses_;
  HashSet<std::string> names_;                                       ///< in lower case
  std::set<std::pair<std::string_view, std::string_view>> sources_;  ///< network and path of each
  TableInput contents_;
};

}  // namespace

bool at_same_place(const Lease& a, const Lease& b) {
  return a.address == b.address && a.network == b.network && a.source == b.source;
}

TableInput next_overlay(const IndexView& view, const IndexChanges& changes) {
  return OverlayBuilder(view).with(changes);
}

TableInput next_overlay(const IndexView& view, const LeaseChange& change) {
  IndexChanges changes{{change.source}, {}, {}};
  if (change.before) changes.removed.push_back(*change.before);
  if (change.after) changes.added.push_back(*change.after);
  return next_overlay(view, changes);
}

GuestInIndex guest_at(const Table& table, std::uint32_t position) {
  const layout::GuestRecord guest = table.guest(position);
  return {Table::hardware_of(guest), table.text(guest.name_offset, guest.name_length),
          table.network_of(guest.source), table.path_of(guest.source)};
}

std::vector<GuestInIndex> guests_of(const IndexView& view) {
  const Table& snapshot = view.snapshot();
  std::vector<GuestInIndex> guests;
  for (std::uint32_t i = 0; i < snapshot.guest_count(); ++i) guests.push_back(guest_at(snapshot, i));
  return guests;
}

std::vector<GuestInIndex> guests_of(const IndexView& view, const HardwareAddress& hardware) {
  const Table& snapshot = view.snapshot();
  std::uint32_t first = 0;
  for (std::uint32_t count = snapshot.guest_count(); count > 0;) {
    const std::uint32_t half = count / 2;
    if (HardwareAddress::compare(Table::hardware_of(snapshot.guest(first + half)), hardware) < 0) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  std::vector<GuestInIndex> guests;
  for (std::uint32_t i = first; i < snapshot.guest_count(); ++i) {
    GuestInIndex guest = guest_at(snapshot, i);
    if (guest.hardware != hardware) break;
    guests.push_back(guest);
  }
  return guests;
}

std::size_t lease_count_of(const IndexView& view) {
  std::size_t count = view.snapshot().lease_count();
  std::optional<IpAddress> previous;
  for (std::uint32_t i = 0; i < view.overlay().lease_count(); ++i) {
    const layout::LeaseRecord record = view.overlay().record(i);
    const IpAddress address = Table::address_of(record);
    if ((record.flags & layout::kGone) == 0) ++count;
    if (address != previous) count -= view.snapshot().find(address).count;
    previous = address;
  }
  return count;
}

TableInput current_snapshot(const IndexView& view) {
  TableInput contents;
  contents.newest_change = view.newest_change();
  contents.sources = known_sources(view);
  contents.guests = guests_of(view);
  view.for_each_lease([&](const Lease& lease) { contents.leases.push_back(lease); });
  return contents;
}

TableInput next_snapshot(const IndexView& view, const LeaseChange& change) {
  TableInput contents = current_snapshot(view);
  set_source(contents.sources, change.source);
  if (change.before) {
    std::erase_if(contents.leases, [&](const Lease& lease) { return at_same_place(lease, *change.before); });
  }
  if (change.after) {
    contents.leases.push_back(*change.after);
    contents.newest_change = std::max(contents.newest_change, change.after->changed);
  }
  return contents;
}

}  // namespace leases
