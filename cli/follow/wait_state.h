#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/lookup.h"
#include "common/time.h"
#include "store/index_reader.h"

namespace leases::cli {

/// The names that somebody waits for.
struct WaitTarget {
  std::vector<std::string> names;
  std::string glob;              ///< of host and guest names (glob(7), either case), in addition; or empty
  std::size_t count = 0;         ///< how many names have to match the glob
  std::optional<Family> family;  ///< only addresses of this family count
};

/// An address that is leased, and until when.
struct LeasedAddress {
  IpAddress address;
  ExpiryTime end;
};

/// Which of them have leases, in one state of the index.
class WaitState {
 public:
  /// In the order of the names; addresses of a name that was given most recent first. A name that the glob
  /// found is in lower case.
  using Addresses = std::map<std::string, std::vector<LeasedAddress>>;

  /// Nobody has arrived.
  WaitState() = default;
  WaitState(const IndexReader& index, const WaitTarget& awaited, EpochSeconds now);

  /// Takes out what is over, when there is no newer state to look at.
  void take_out_ended(EpochSeconds now);

  [[nodiscard]] const Addresses& addresses() const { return addresses_; }
  /// The names that match the glob.
  [[nodiscard]] const std::set<std::string>& matching() const { return matching_; }
  /// When the first of these leases ends.
  [[nodiscard]] ExpiryTime next_end() const { return next_end_; }

 private:
  void add(const std::string& name, const IpAddress& address, ExpiryTime expiry);

  std::optional<Family> family_;
  Addresses addresses_;
  std::set<std::string> matching_;
  ExpiryTime next_end_;
};

}  // namespace leases::cli
