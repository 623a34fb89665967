#include "helper/overlay.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "common/table.h"

namespace leases {

namespace {

bool at_same_place(const Lease& a, const Lease& b) {
  return a.address == b.address && a.network == b.network;
}

void set_stamp(std::vector<NetworkStamp>& networks, const NetworkStamp& changed) {
  const auto known = std::find_if(networks.begin(), networks.end(),
                                  [&](const NetworkStamp& network) { return network.name == changed.name; });
  if (known != networks.end()) {
    known->stamp = changed.stamp;
  } else {
    networks.push_back(changed);
  }
}

void add_networks(std::vector<NetworkStamp>& networks, const Table& table) {
  for (std::uint32_t i = 0; i < table.network_count(); ++i) {
    set_stamp(networks, {std::string(table.network_name(i)), table.network(i).stamp});
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
    add_networks(contents_.networks, present_);
  }

  TableContents with(const LeaseChange& change) {
    complete_address(change.address);
    if (change.before) complete_name(change.before->listed_name());
    if (change.after) complete_name(change.after->listed_name());
    apply(change);
    find_gone_addresses();
    add_missing_networks(change.network);
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

  void add_missing_networks(const NetworkStamp& changed) {
    set_stamp(contents_.networks, changed);
    std::unordered_set<std::string_view> known{changed.name};
    for (std::uint32_t i = 0; i < present_.network_count(); ++i) known.insert(present_.network_name(i));
    for (const Lease& lease : contents_.leases) {
      if (!known.insert(lease.network).second) continue;
      contents_.networks.push_back({std::string(lease.network), stamp_in_snapshot(lease.network)});
    }
  }

  [[nodiscard]] layout::FileStamp stamp_in_snapshot(std::string_view network) const {
    for (std::uint32_t i = 0; i < snapshot_.network_count(); ++i) {
      if (snapshot_.network_name(i) == network) return snapshot_.network(i).stamp;
    }
    return {};
  }

  const Table& snapshot_;
  const Table& present_;  ///< the overlay so far
  std::unordered_set<IpAddress, AddressHash> addresses_;
  TableContents contents_;
};

}  // namespace

TableContents overlay_with(const IndexView& view, const LeaseChange& change) {
  return OverlayBuilder(view).with(change);
}

TableContents snapshot_of(const IndexView& view) {
  TableContents contents;
  contents.newest_change = view.newest_change();
  add_networks(contents.networks, view.snapshot());
  add_networks(contents.networks, view.overlay());
  view.for_each_lease([&](const Lease& lease) { contents.leases.push_back(lease); });
  return contents;
}

TableContents snapshot_with(const IndexView& view, const LeaseChange& change) {
  TableContents contents = snapshot_of(view);
  set_stamp(contents.networks, change.network);
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
