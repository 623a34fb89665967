#include "import/sources_in_index.h"

#include "common/table.h"
#include "store/overlay.h"

namespace leases {

namespace {

template <typename Map>
std::optional<typename Map::mapped_type> value_at(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found != map.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace

SourcesInIndex::SourcesInIndex(const IndexView& view) : SourcesInIndex(view, [view] { return view; }) {}

SourcesInIndex::SourcesInIndex(const IndexView& sources, std::function<IndexView()> all)
    : all_(std::move(all)), sources_(known_sources(sources)) {
  for (std::size_t i = 0; i < sources_.size(); ++i)
    positions_.try_emplace({sources_[i].network, sources_[i].path}, i);
}

const IndexView& SourcesInIndex::all_view() const {
  if (view_) return *view_;
  view_ = all_();
  number_sources(*view_);
  return *view_;
}

void SourcesInIndex::number_sources(const IndexView& view) const {
  const auto number = [](const Table& table, BySource<std::uint32_t>& numbers) {
    numbers.reserve(table.source_count());
    for (std::uint32_t i = 0; i < table.source_count(); ++i)
      numbers.try_emplace({table.network_of(i), table.path_of(i)}, i);
  };
  number(view.overlay(), in_overlay_);
  number(view.snapshot(), in_snapshot_);
}

SourcesInIndex::Listing SourcesInIndex::leases_in(const Table& table) {
  Listing listing(table.source_count());
  for (std::uint32_t i = 0; i < table.lease_count(); ++i) {
    const layout::LeaseRecord record = table.record(i);
    // The index may be damaged.
    if ((record.flags & layout::kGone) == 0 && record.source < listing.size())
      listing[record.source].push_back(i);
  }
  return listing;
}

SourcesInIndex::Listing SourcesInIndex::guests_in(const Table& table) {
  Listing listing(table.source_count());
  for (std::uint32_t i = 0; i < table.guest_count(); ++i) {
    const layout::GuestRecord guest = table.guest(i);
    if (guest.source < listing.size()) listing[guest.source].push_back(i);
  }
  return listing;
}

const IndexedSource* SourcesInIndex::find(std::string_view network, std::string_view path) const {
  const auto found = positions_.find({network, path});
  return found != positions_.end() ? &sources_[found->second] : nullptr;
}

const std::vector<Lease>& SourcesInIndex::leases_of(std::string_view network, std::string_view path) const {
  const auto [entry, is_new] = leases_.try_emplace(find(network, path));
  std::vector<Lease>& leases = entry->second;
  if (!is_new || entry->first == nullptr) return leases;
  const IndexView& view = all_view();
  if (!snapshot_leases_) {
    overlay_leases_ = leases_in(view.overlay());
    snapshot_leases_ = leases_in(view.snapshot());
  }
  if (const auto number = value_at(in_overlay_, {network, path})) {
    for (const std::uint32_t i : (*overlay_leases_)[*number]) leases.push_back(view.overlay().lease(i));
  }
  if (const auto number = value_at(in_snapshot_, {network, path})) {
    for (const std::uint32_t i : (*snapshot_leases_)[*number]) {
      const Lease lease = view.snapshot().lease(i);
      if (view.overlay().find(lease.address).count == 0) leases.push_back(lease);
    }
  }
  return leases;
}

std::optional<Lease> SourcesInIndex::lease_at(std::string_view network, std::string_view path,
                                              const IpAddress& address) const {
  const IndexView& view = all_view();
  const bool is_in_overlay = view.overlay().find(address).count > 0;
  const Table& table = is_in_overlay ? view.overlay() : view.snapshot();
  const Table::Range range = table.find(address);
  for (std::uint32_t n = 0; n < range.count; ++n) {
    const layout::LeaseRecord record = table.record(range.first + n);
    if ((record.flags & layout::kGone) == 0 && table.network_of(record.source) == network &&
        table.path_of(record.source) == path)
      return table.lease(range.first + n);
  }
  return {};
}

const std::vector<GuestInIndex>& SourcesInIndex::guests_of(std::string_view network,
                                                           std::string_view path) const {
  const auto [entry, is_new] = guests_.try_emplace(find(network, path));
  std::vector<GuestInIndex>& guests = entry->second;
  if (!is_new || entry->first == nullptr) return guests;
  const IndexView& view = all_view();
  if (!snapshot_guests_) snapshot_guests_ = guests_in(view.snapshot());
  if (const auto number = value_at(in_snapshot_, {network, path})) {
    for (const std::uint32_t i : (*snapshot_guests_)[*number]) guests.push_back(guest_at(view.snapshot(), i));
  }
  return guests;
}

}  // namespace leases
