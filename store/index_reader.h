#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/index_copy.h"
#include "store/settings.h"

namespace leases {

/// By network, then by address, then by source: two files may have a lease of one address.
inline bool before_in_listing(const Lease& a, const Lease& b) {
  return std::tie(a.network, a.address, a.source) < std::tie(b.network, b.address, b.source);
}

/// A snapshot of the index for a tool that only reads, as any user.
class IndexReader {
 public:
  /// Throws Error if there is no index, or none that can be trusted.
  explicit IndexReader(const Settings& settings);

  [[nodiscard]] const IndexView& view() const { return copy_.view(); }
  /// All leases that have not expired, by network, then by address, then by source. This object owns their
  /// texts.
  [[nodiscard]] std::vector<Lease> live_leases() const;
  /// The same, and the reservations that are not hidden (is_hidden()): all that a lookup may find.
  [[nodiscard]] std::vector<Lease> live_and_reserved() const;
  /// The names of all networks, sorted.
  [[nodiscard]] std::vector<std::string_view> networks() const;

 private:
  IndexCopy copy_;
};

}  // namespace leases
