#include "store/indexed_source.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

namespace leases {

IndexedSource source_of(const Table& table, std::uint32_t position) {
  const layout::SourceRecord record = table.source(position);
  return {
      std::string(table.network_of(position)), record.stamp,   static_cast<SourceKind>(record.kind),
      std::string(table.path_of(position)),    record.content, (record.flags & layout::kSourceDamaged) != 0};
}

std::optional<std::uint32_t> position_of_source(const Table& table, std::string_view network,
                                                std::string_view path) {
  const auto positions = std::views::iota(std::uint32_t{0}, table.source_count());
  const std::pair sought(network, path);
  const auto found = std::ranges::lower_bound(positions, sought, {}, [&](std::uint32_t i) {
    return std::pair(table.network_of(i), table.path_of(i));
  });
  const bool is_there =
      found != positions.end() && std::pair(table.network_of(*found), table.path_of(*found)) == sought;
  return is_there ? std::optional(*found) : std::nullopt;
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
