#pragma once

#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "common/table.h"
#include "import/sources_in_index.h"
#include "store/indexed_source.h"
#include "store/table_builder.h"
#include "util/hash_table.h"
#include "util/text_arena.h"

namespace leases {

/// What an import makes of one source.
struct SourceUpdate {
  const IndexedSource* source;  ///< as it is now
  const IndexedSource* known;   ///< as the index knows it; nullptr: not at all
  bool keeps_known;             ///< what the index knows from it stays, and the lists below are empty
  std::vector<Lease> leases{};  ///< judged by the policy; their guests are not looked up yet
  std::vector<GuestInIndex> guests{};
  /// `leases` are what was appended to a log, and the leases of these addresses have ended: what the index
  /// knows from the source at other addresses stays.
  bool is_addition = false;
  std::vector<IpAddress> ended{};
};

/// What an import makes of all sources. Owns what its parts point to.
class SourceUpdates {
 public:
  /// `view` is the index before the import.
  explicit SourceUpdates(const IndexView& view) : known_(view) {}
  SourceUpdates(const SourceUpdates&) = delete;
  SourceUpdates& operator=(const SourceUpdates&) = delete;

  [[nodiscard]] const SourcesInIndex& known() const { return known_; }
  [[nodiscard]] std::vector<SourceUpdate>& all() { return updates_; }
  void add(SourceUpdate update) { updates_.push_back(std::move(update)); }

  /// Keeps what the index has from a source, if anything.
  void keep(std::string_view network, std::string_view path);
  /// The same, with another stamp or content.
  void keep_as(const IndexedSource& source);

  /// A copy that lives as long as this object, as leases need it for their network and source.
  IndexedSource& own(IndexedSource source) { return sources_.emplace_back(std::move(source)); }
  void own(TextArena texts) { texts_.push_back(std::move(texts)); }

  /// Whether the index lacks something, so that it has to be written.
  [[nodiscard]] bool is_changed() const { return is_changed_; }
  void note_change(bool is_change = true) { is_changed_ = is_changed_ || is_change; }

 private:
  SourcesInIndex known_;
  std::vector<SourceUpdate> updates_;
  std::deque<IndexedSource> sources_;
  std::vector<TextArena> texts_;
  bool is_changed_ = false;
};

using LeasesByAddress = HashMap<IpAddress, Lease>;

/// Adds leases; of several with the same address, the one that changed last stays.
void add_latest(LeasesByAddress& latest, const std::vector<Lease>& leases);

}  // namespace leases
