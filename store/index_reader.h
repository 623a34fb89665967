#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/settings.h"
#include "store/writable_index.h"

namespace leases {

/// By network, then by address, then by source: two files may have a lease of one address.
inline bool before_in_listing(const Lease& a, const Lease& b) {
  return std::tie(a.network, a.address, a.source) < std::tie(b.network, b.address, b.source);
}

/// The index as it is at one moment, for a tool that only reads, as any user.
class IndexReader {
 public:
  /// Throws Error if there is none, or none that can be believed.
  explicit IndexReader(const Settings& settings);

  [[nodiscard]] const IndexView& view() const { return view_; }
  /// All leases that are not over, by network, then by address, then by source. Their texts are this
  /// object's.
  [[nodiscard]] std::vector<Lease> live_leases() const;
  /// The names of all networks, sorted.
  [[nodiscard]] std::vector<std::string_view> networks() const;

 private:
  WritableIndex file_;
  IndexView view_;
};

}  // namespace leases
