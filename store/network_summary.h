#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/time.h"
#include "store/index_reader.h"
#include "store/settings.h"

namespace leases {

/// Whether the index knows the files of a network as they are: of several, the worst.
enum class IndexState : std::uint8_t {
  current,
  unknown,  ///< this user may not look at a file
  stale,    ///< the next event of the network, or `leasectl import`, mends it
  damaged   ///< a file cannot be read whole; what is known of it is older
};

/// "current", "unknown", "stale", "damaged".
const char* name_of(IndexState state);

/// What there is to say of a network as a whole. Leases that are over do not count.
struct NetworkSummary {
  std::string network;  ///< as the index has it: any bytes
  std::size_t v4 = 0;   ///< leases of IPv4 addresses
  std::size_t v6 = 0;
  std::size_t names = 0;                  ///< different ones, under which leases are looked up
  std::optional<ExpiryTime> next_expiry;  ///< of a lease that ends at all
  std::optional<ChangeTime> last_change;  ///< when the status file that the index knows was written
  std::vector<std::string> sources;       ///< paths of its lease files and MAC maps
  IndexState state = IndexState::current;

  [[nodiscard]] std::size_t leases() const { return v4 + v6; }
};

/// All networks that the index or, where this user may list it, the state directory has; sorted by name.
std::vector<NetworkSummary> summaries_of(const IndexReader& reader, const Settings& settings);

}  // namespace leases
