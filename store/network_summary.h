#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/time.h"
#include "store/freshness.h"
#include "store/index_reader.h"
#include "store/settings.h"

namespace leases {

/// Summary of one network. Expired leases do not count.
struct NetworkSummary {
  std::string network;  ///< as the index has it: any bytes
  std::string host{};   ///< the other host that shares it; empty: it is this host's own
  std::size_t v4 = 0;   ///< leases of IPv4 addresses
  std::size_t v6 = 0;
  std::size_t names = 0;                   ///< different ones under which leases are looked up
  std::optional<ExpiryTime> next_expiry;   ///< of a lease that has an end
  std::optional<ChangeTime> last_change;   ///< when the newest of the sources that the index has was written
  std::vector<std::string> sources;        ///< paths of its lease files and MAC maps
  IndexState state = IndexState::current;  ///< of several files, the worst

  [[nodiscard]] std::size_t leases() const { return v4 + v6; }
};

/// All networks that the index or, where this user may list it, the state directory has; sorted by name.
std::vector<NetworkSummary> summaries_of(const IndexReader& reader, const Settings& settings);

}  // namespace leases
