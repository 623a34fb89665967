#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/settings.h"
#include "store/writable_index.h"

namespace leases {

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
