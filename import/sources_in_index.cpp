#include "import/sources_in_index.h"

#include "store/overlay.h"

namespace leases {

namespace {

template <typename Map, typename Key>
const typename Map::mapped_type& found_or_none(const Map& map, const Key& key) {
  static const typename Map::mapped_type kNone;
  const auto found = map.find(key);
  return found != map.end() ? found->second : kNone;
}

}  // namespace

SourcesInIndex::SourcesInIndex(const IndexView& view) : view_(view), sources_(known_sources(view)) {
  for (std::size_t i = 0; i < sources_.size(); ++i)
    positions_.try_emplace({sources_[i].network, sources_[i].path}, i);
}

const IndexedSource* SourcesInIndex::find(std::string_view network, std::string_view path) const {
  const auto found = positions_.find({network, path});
  return found != positions_.end() ? &sources_[found->second] : nullptr;
}

const std::vector<Lease>& SourcesInIndex::leases_of(std::string_view network, std::string_view path) const {
  if (!leases_) {
    leases_.emplace();
    view_.for_each_lease([this](const Lease& lease) {
      (*leases_)[{lease.network, lease.source}].push_back(lease);
    });
  }
  return found_or_none(*leases_, Key(network, path));
}

const std::vector<GuestInIndex>& SourcesInIndex::guests_of(std::string_view network,
                                                           std::string_view path) const {
  if (!guests_) {
    guests_.emplace();
    for (const GuestInIndex& guest : leases::guests_of(view_))
      (*guests_)[{guest.network, guest.source}].push_back(guest);
  }
  return found_or_none(*guests_, Key(network, path));
}

}  // namespace leases
