#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/hardware_address.h"
#include "common/lookup.h"
#include "common/time.h"
#include "store/index_reader.h"

namespace leases::cli {

/// The names to wait for.
struct WaitTarget {
  std::vector<std::string> names;  ///< or hardware addresses, or guests (guest_key())
  std::string glob;                ///< further host and guest names (glob(7), in either case); or empty
  std::size_t count = 0;           ///< how many machines have to have a name that matches the glob
  std::optional<Family> family;    ///< only addresses of this family count
  bool both_families = false;      ///< a name needs an address of each family
  bool all_interfaces = false;     ///< each hardware address of a guest needs a lease
  bool gone = false;               ///< wait until none of the names has a lease
};

/// A leased address, its lease's expiry, and for a guest the hardware address of its client. Two interfaces
/// may have one address, in two networks.
struct LeasedAddress {
  IpAddress address;
  ExpiryTime expiry;
  std::optional<HardwareAddress> hardware{};
};

/// The names that have leases, in one state of the index.
class WaitState {
 public:
  /// By name. The addresses of a name in `names` come most recent first. A name that the glob found is in
  /// lower case.
  using Addresses = std::map<std::string, std::vector<LeasedAddress>>;

  /// No name is known to have a lease.
  WaitState() = default;
  WaitState(const IndexReader& index, const WaitTarget& target, EpochSeconds now);

  /// Removes expired leases, for when there is no index to look at: who has come or gone is not known then.
  void remove_expired(EpochSeconds now);

  /// Whether this is the state of an index. It is not before the first look, nor after remove_expired().
  [[nodiscard]] bool is_known() const { return is_known_; }
  [[nodiscard]] const Addresses& addresses() const { return addresses_; }
  /// What a name lacks of the leases that it needs, as "without a lease"; empty if it has them.
  [[nodiscard]] std::string lack_of(const std::string& name) const;
  /// The names that match the glob, each with what its machines are known by.
  using Matching = std::map<std::string, std::set<std::string>>;
  [[nodiscard]] const Matching& matching() const { return matching_; }
  /// When the first of these leases expires.
  [[nodiscard]] ExpiryTime next_expiry() const { return next_expiry_; }

 private:
  /// Adds the leases of hardware addresses. One with dashes may be a host's name, too, which comes first, as
  /// in leases_of().
  void add_clients(const IndexReader& index, const std::vector<std::string>& names, EpochSeconds now);
  void add_guests(const IndexReader& index, const WaitTarget& target, EpochSeconds now);
  /// `names`: by guest, in lower case.
  void add_interfaces(const IndexReader& index, const std::map<std::string, std::string>& names,
                      bool all_needed);
  void add_matching(const IndexReader& index, const std::string& glob, EpochSeconds now);
  void add(const std::string& name, const LeasedAddress& leased);
  [[nodiscard]] std::string lack_of_interfaces(const std::string& name) const;

  bool is_known_ = false;
  std::optional<Family> family_;
  bool both_families_ = false;
  /// For all_interfaces: the hardware addresses of each guest that a MAC map has.
  std::map<std::string, std::vector<HardwareAddress>> interfaces_;
  std::set<std::string> unknown_guests_;  ///< no MAC map has them
  Addresses addresses_;
  Matching matching_;
  ExpiryTime next_expiry_;
};

}  // namespace leases::cli
