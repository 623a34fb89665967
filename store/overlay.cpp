#include "store/overlay.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "common/table.h"

namespace leases {

namespace {

bool at_same_place(const Lease& a, const Lease& b) {
  return a.address == b.address && a.network == b.network && a.source == b.source;
}

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
      contents_.overlay->names.emplace_back(present_.text(slot.name_offset, slot.name_length));
    }
    for (std::uint32_t i = 0; i < present_.source_count(); ++i)
      contents_.sources.push_back(source_of(present_, i));
  }

  TableInput with(const LeaseChange& change) {
    complete_address(change.address);
    for (const auto* lease : {&change.before, &change.after}) {
      if (!*lease) continue;
      complete_name((*lease)->accepted_name());
      complete_name((*lease)->guest_label());
    }
    apply(change);
    find_gone_addresses();
    add_missing_sources(change.source);
    return std::move(contents_);
  }

 private:
  void complete_address(const IpAddress& address) {
    if (!addresses_.insert(address).second) return;
    const Table::Range range = snapshot_.find(address);
    for (std::uint32_t n = 0; n < range.count; ++n) {
      contents_.leases.push_back(snapshot_.lease(range.first + n));
    }
  }

  void complete_name(std::string_view name) {
    auto& names = contents_.overlay->names;
    const auto is_name = [&](const std::string& known) { return equal_folded(known, name); };
    if (name.empty() || std::any_of(names.begin(), names.end(), is_name)) return;
    names.emplace_back(name);
    const auto label = CanonicalLabel::parse(name);
    const auto position = label ? snapshot_.find(*label) : std::nullopt;
    if (!position) return;
    const layout::NameSlot slot = snapshot_.name(*position);
    for (std::uint32_t n = 0; n < slot.lease_count; ++n) {
      complete_address(Table::address_of(snapshot_.record(snapshot_.position_of(slot, n))));
    }
  }

  void apply(const LeaseChange& change) {
    if (change.before) {
      std::erase_if(contents_.leases,
                    [&](const Lease& lease) { return at_same_place(lease, *change.before); });
    }
    if (change.after) {
      contents_.leases.push_back(*change.after);
      contents_.newest_change = std::max(contents_.newest_change, change.after->changed);
    }
  }

  void find_gone_addresses() {
    std::unordered_set<IpAddress, AddressHash> leased;
    for (const Lease& lease : contents_.leases) leased.insert(lease.address);
    for (const IpAddress& address : addresses_) {
      if (!leased.contains(address)) contents_.overlay->gone.push_back(address);
    }
  }

  void add_missing_sources(const IndexedSource& changed) {
    set_source(contents_.sources, changed);
    const Lease* last = nullptr;
    for (const Lease& lease : contents_.leases) {
      if (last != nullptr && last->network == lease.network && last->source == lease.source) continue;
      last = &lease;
      const auto is_its = [&](const IndexedSource& source) { return source.is(lease.network, lease.source); };
      if (std::any_of(contents_.sources.begin(), contents_.sources.end(), is_its)) continue;
      const auto position = position_of_source(snapshot_, lease.network, lease.source);
      if (position) contents_.sources.push_back(source_of(snapshot_, *position));
    }
  }

  const Table& snapshot_;
  const Table& present_;  ///< the overlay so far
  std::unordered_set<IpAddress, AddressHash> addresses_;
  TableInput contents_;
};

}  // namespace

TableInput next_overlay(const IndexView& view, const LeaseChange& change) {
  return OverlayBuilder(view).with(change);
}

std::vector<GuestInIndex> guests_of(const IndexView& view) {
  const Table& snapshot = view.snapshot();
  std::vector<GuestInIndex> guests;
  for (std::uint32_t i = 0; i < snapshot.guest_count(); ++i) {
    const layout::GuestRecord guest = snapshot.guest(i);
    guests.push_back({Table::hardware_of(guest), snapshot.text(guest.name_offset, guest.name_length),
                      snapshot.network_of(guest.source), snapshot.path_of(guest.source)});
  }
  return guests;
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
