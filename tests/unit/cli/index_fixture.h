#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "store/index_reader.h"
#include "store/transaction.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

/// A store whose index has just these leases, whatever texts are in them. The network of an index that the
/// store writes itself would have a status file; these have none.
class IndexFixture : public StoreFixture {
 public:
  explicit IndexFixture(const std::vector<OwnedLease>& leases, const std::vector<GuestInIndex>& guests = {}) {
    TableInput input{views_of(leases), {}, {}, {}, guests};
    for (const Lease& lease : input.leases) {
      const IndexedSource source{
          std::string(lease.network), {}, SourceKind::status, std::string(lease.source)};
      if (std::ranges::find(input.sources, source) == input.sources.end()) input.sources.push_back(source);
      input.newest_change = std::max(input.newest_change, lease.changed);
    }
    for (const GuestInIndex& guest : guests) {
      const IndexedSource source{
          std::string(guest.network), {}, SourceKind::mac_map, std::string(guest.source)};
      if (std::ranges::find(input.sources, source) == input.sources.end()) input.sources.push_back(source);
    }
    StoreTransaction(settings()).replace_index(input);
  }

  [[nodiscard]] IndexReader reader() const { return IndexReader(settings()); }
};

/// A lease that never expires. Later calls give more recent leases.
inline OwnedLease lease_of(std::string_view network, std::string_view address,
                           std::string_view hostname = {}) {
  static std::uint64_t changed = 1'700'000'000'000'000'000;
  OwnedLease lease;
  lease.network = network;
  lease.address = ip(address);
  lease.hostname = hostname;
  lease.changed = ++changed;
  return lease;
}

/// The same lease with another value of one field: with(lease, &OwnedLease::domain, "lab").
template <typename Value, typename Given>
OwnedLease with(OwnedLease lease, Value OwnedLease::*field, const Given& value) {
  lease.*field = value;
  return lease;
}

}  // namespace leases::test
