#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/indexed_source.h"
#include "store/table_builder.h"
#include "util/hash_table.h"

namespace leases {

/// The leases and guests of an index by their source. The leases are listed once, at the first
/// question for some, and so are the guests, however many sources there are; only answers are copied. The
/// index keeps the texts.
class SourcesInIndex {
 public:
  explicit SourcesInIndex(const IndexView& view);
  /// `sources` is a view without leases; `all` is asked for one with them when they are needed. What happens
  /// to the index in between may be in that one.
  SourcesInIndex(const IndexView& sources, std::function<IndexView()> all);

  /// Each source once.
  [[nodiscard]] const std::vector<IndexedSource>& all() const { return sources_; }
  /// Valid as long as this object; nullptr if the index does not know it.
  [[nodiscard]] const IndexedSource* find(std::string_view network, std::string_view path) const;
  /// How many leases there are in all, or more: those that ended or changed count, too.
  [[nodiscard]] std::size_t most_leases() const {
    return std::size_t{all_view().snapshot().lease_count()} + all_view().overlay().lease_count();
  }
  [[nodiscard]] const std::vector<Lease>& leases_of(std::string_view network, std::string_view path) const;
  /// Of these, the lease of one address, for which no other is looked at.
  [[nodiscard]] std::optional<Lease> lease_at(std::string_view network, std::string_view path,
                                              const IpAddress& address) const;
  [[nodiscard]] const std::vector<GuestInIndex>& guests_of(std::string_view network,
                                                           std::string_view path) const;

 private:
  using Key = std::pair<std::string_view, std::string_view>;  ///< network and path
  template <typename Value>
  using BySource = HashMap<Key, Value>;
  using Positions = std::vector<std::uint32_t>;
  /// By the number of a table's source: the positions in the table of what comes from it.
  using Listing = std::vector<Positions>;

  const IndexView& all_view() const;
  void number_sources(const IndexView& view) const;
  static Listing leases_in(const Table& table);
  static Listing guests_in(const Table& table);

  std::function<IndexView()> all_;
  mutable std::optional<IndexView> view_;  ///< nothing: it was not asked for
  std::vector<IndexedSource> sources_;
  BySource<std::size_t> positions_;
  mutable BySource<std::uint32_t> in_overlay_;  ///< the sources' numbers in each table
  mutable BySource<std::uint32_t> in_snapshot_;
  mutable std::optional<Listing> overlay_leases_;
  mutable std::optional<Listing> snapshot_leases_;
  mutable std::optional<Listing> snapshot_guests_;
  /// Of the sources that were asked for. A source that the index does not know has none.
  mutable std::map<const IndexedSource*, std::vector<Lease>> leases_;
  mutable std::map<const IndexedSource*, std::vector<GuestInIndex>> guests_;
};

}  // namespace leases
