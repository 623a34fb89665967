#include "import/lease_file_merge.h"

#include "common/table.h"
#include "util/hash_table.h"

namespace leases {

namespace {

using ByAddress = HashMap<IpAddress, const Lease*>;

bool ends_later(const ExpiryTime& a, const ExpiryTime& b) {
  return !b.infinite() && (a.infinite() || a.seconds > b.seconds);
}

ByAddress by_address(const std::vector<Lease>& rows) {
  ByAddress found;
  for (const Lease& row : rows) found[row.address] = &row;
  return found;
}

}  // namespace

MergedLeases merge_lease_file(const std::vector<Lease>& known, const std::vector<Lease>& rows,
                              const LeaseFileMerge& merge, EpochSeconds now) {
  MergedLeases merged;
  const ByAddress in_file = by_address(rows);
  HashSet<IpAddress> held;
  for (Lease lease : known) {
    const auto found = in_file.find(lease.address);
    const Lease* row = found != in_file.end() ? found->second : nullptr;
    const bool is_same = row != nullptr && match_clients(lease, *row) == ClientMatch::same;
    const bool is_newer =
        merge.written != ChangeTime{} && lease.changed > merge.written && !lease.expiry.expired_at(now);
    if (is_same || is_newer) held.insert(lease.address);
    // A file that is taken over by hand may be old. Otherwise it is newer than the events, even if the end is
    // earlier: the clock may have been set back.
    const bool is_renewed =
        is_same && (merge.network_for ? ends_later(row->expiry, lease.expiry) : row->expiry != lease.expiry);
    if (is_renewed) {
      lease.expiry = row->expiry;
      lease.changed = {};
      merged.networks.emplace(lease.network);
      ++merged.renewed;
    }
    // An address that another client has now is no longer this client's, once the new lease is taken.
    const bool is_replaced =
        row != nullptr && !held.contains(lease.address) && merge.network_for && !row->expiry.expired_at(now);
    if (is_replaced || (!is_same && merge.may_end && merge.may_end(lease))) {
      merged.networks.emplace(lease.network);
      merged.ended += lease.expiry.expired_at(now) ? 0 : 1;
      continue;
    }
    merged.leases.push_back(lease);
  }
  for (const auto& [address, row] : in_file) {
    if (!merge.network_for || held.contains(address) || row->expiry.expired_at(now)) continue;
    const std::string network = merge.network_for(*row);
    if (network.empty()) continue;
    Lease lease = *row;
    lease.network = *merged.networks.insert(network).first;
    lease.source = {};
    lease.changed = {};
    merged.leases.push_back(lease);
    ++merged.taken;
  }
  return merged;
}

}  // namespace leases
