#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/host_index.h"
#include "common/time.h"
#include "store/share_settings.h"

namespace leases::share {

/// What a key has to be.
struct KeyChange {
  IpAddress address;  ///< of the lease that the key belongs to
  std::string key;
  std::string value;  ///< empty: the key goes
};

/// The keys that other hosts and CoreDNS should see of an index: those of the leases of this host's own
/// networks that are shared and have not expired. Sorted by key, each once. `next` becomes the time at which
/// the first of the leases expires.
std::vector<KeyChange> keys_to_publish(const IndexView& view, const ShareSettings& share,
                                       std::string_view host, EpochSeconds now, ExpiryTime& next);

/// What this host has in etcd, as far as it knows: of each value a hash.
class PublishedKeys {
 public:
  /// What has to change there, the keys of one address one after the other. `wanted` is sorted by key.
  [[nodiscard]] std::vector<KeyChange> changes_to(const std::vector<KeyChange>& wanted) const;

  /// A change was made there.
  void note_done(const KeyChange& change);
  /// Nobody knows whether it was made: it has to be made again, or undone.
  void note_unknown(const KeyChange& change);
  /// All is gone.
  void clear() { known_.clear(); }
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  void put_pointers_again(const std::vector<KeyChange>& wanted, std::vector<KeyChange>& changes) const;

  struct Known {
    IpAddress address;
    std::uint64_t hash;  ///< of the value; 0: not known
  };
  std::map<std::string, Known, std::less<>> known_;
};

/// The first changes of a list, from `begin` on, that one transaction can have: all of an address, unless
/// these alone are too many. Returns where the next begins. `begin` is below the number of changes.
std::size_t end_of_batch(const std::vector<KeyChange>& changes, std::size_t begin);

/// Where the changes of the address end that the one at `begin` is of.
std::size_t end_of_address(const std::vector<KeyChange>& changes, std::size_t begin);

}  // namespace leases::share
