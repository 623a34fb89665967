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

/// The names to wait for.
struct WaitTarget {
  std::vector<std::string> names;  ///< or hardware addresses
  std::string glob;                ///< further host and guest names (glob(7), in either case); or empty
  std::size_t count = 0;           ///< how many names have to match the glob
  std::optional<Family> family;    ///< only addresses of this family count
};

/// A leased address and its lease's expiry.
struct LeasedAddress {
  IpAddress address;
  ExpiryTime expiry;
};

/// The names that have leases, in one state of the index.
class WaitState {
 public:
  /// By name. The addresses of a name in `names` come most recent first. A name that the glob found is in
  /// lower case.
  using Addresses = std::map<std::string, std::vector<LeasedAddress>>;

  /// No name has a lease.
  WaitState() = default;
  WaitState(const IndexReader& index, const WaitTarget& target, EpochSeconds now);

  /// Removes expired leases, for when there is no newer state to look at.
  void remove_expired(EpochSeconds now);

  [[nodiscard]] const Addresses& addresses() const { return addresses_; }
  /// The names that match the glob.
  [[nodiscard]] const std::set<std::string>& matching() const { return matching_; }
  /// When the first of these leases expires.
  [[nodiscard]] ExpiryTime next_expiry() const { return next_expiry_; }

 private:
  /// Adds the leases of hardware addresses. One with dashes may be a host's name, too, which comes first, as
  /// in leases_of().
  void add_clients(const IndexReader& index, const std::vector<std::string>& names, EpochSeconds now);
  void add(const std::string& name, const IpAddress& address, ExpiryTime expiry);

  std::optional<Family> family_;
  Addresses addresses_;
  std::set<std::string> matching_;
  ExpiryTime next_expiry_;
};

}  // namespace leases::cli
