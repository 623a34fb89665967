#include "store/indexed_source.h"

#include <set>
#include <utility>

namespace leases {

IndexedSource source_of(const Table& table, std::uint32_t position) {
  const layout::SourceRecord record = table.source(position);
  return {std::string(table.network_of(position)),
          record.stamp,
          static_cast<SourceKind>(record.kind),
          std::string(table.path_of(position)),
          record.content,
          (record.flags & layout::kSourceDamaged) != 0,
          std::string(table.domain_of_source(position))};
}

std::optional<std::uint32_t> position_of_source(const Table& table, std::string_view network,
                                                std::string_view path) {
  const std::pair sought(network, path);
  std::uint32_t first = 0;
  for (std::uint32_t count = table.source_count(); count > 0;) {
    const std::uint32_t half = count / 2;
    if (std::pair(table.network_of(first + half), table.path_of(first + half)) < sought) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  if (first == table.source_count() || std::pair(table.network_of(first), table.path_of(first)) != sought)
    return {};
  return first;
}

std::optional<IndexedSource> known_source(const IndexView& view, std::string_view network,
                                          std::string_view path) {
  for (const Table* table : {&view.overlay(), &view.snapshot()}) {
    if (const auto position = position_of_source(*table, network, path)) return source_of(*table, *position);
  }
  return {};
}

std::vector<IndexedSource> known_sources(const IndexView& view) {
  std::vector<IndexedSource> sources;
  std::set<std::pair<std::string_view, std::string_view>> in_overlay;
  for (std::uint32_t i = 0; i < view.overlay().source_count(); ++i) {
    sources.push_back(source_of(view.overlay(), i));
    in_overlay.emplace(view.overlay().network_of(i), view.overlay().path_of(i));
  }
  const Table& snapshot = view.snapshot();
  for (std::uint32_t i = 0; i < snapshot.source_count(); ++i) {
    if (!in_overlay.contains({snapshot.network_of(i), snapshot.path_of(i)}))
      sources.push_back(source_of(snapshot, i));
  }
  return sources;
}

}  // namespace leases
