#include "share/published_keys.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/hash.h"
#include "common/host_name.h"
#include "share/keys.h"
#include "share/record.h"
#include "store/network_name.h"
#include "util/folded_name.h"

namespace leases::share {

namespace {

/// Operations in a transaction: etcd takes 128 (--max-txn-ops).
constexpr std::size_t kMostOperations = 120;

/// In seconds. A resolver may keep an answer that long, and so a name that has gone.
constexpr int kNameTtl = 30;

std::uint64_t hash_of_value(std::string_view value) {
  return std::max<std::uint64_t>(Hash::of(value.data(), value.size()), 1);
}

/// Host names and addresses need no escaping in JSON.
std::string dns_value(std::string_view host) {
  return std::string(R"({"host":")").append(host).append(R"(","ttl":)").append(std::to_string(kNameTtl)) +
         '}';
}

/// Of several leases with one key, the first counts.
class KeysOfLeases {
 public:
  explicit KeysOfLeases(std::string_view host) : host_(host) {}

  void add(const Lease& lease) {
    put(record_key(host_, lease.network, lease.address), lease, record_of(lease));
    if (lease.domain.empty() || !is_domain_name(lease.domain)) return;
    for (const std::string_view name : {lease.accepted_name(), lease.guest_label()}) {
      if (is_host_label(name))
        put(name_key(name, lease.domain, host_, lease.address), lease,
            dns_value(IpText(lease.address).view()));
    }
    if (is_host_label(lease.display_name()))
      put(pointer_key(lease.address), lease,
          dns_value(folded(lease.display_name()) + '.' + folded(lease.domain)));
  }

  std::vector<KeyChange> all() && {
    std::ranges::stable_sort(changes_, {}, &KeyChange::key);
    const auto has_same_key = [](const KeyChange& a, const KeyChange& b) { return a.key == b.key; };
    changes_.erase(std::unique(changes_.begin(), changes_.end(), has_same_key), changes_.end());
    return std::move(changes_);
  }

 private:
  void put(std::string key, const Lease& lease, std::string value) {
    changes_.push_back({lease.address, std::move(key), std::move(value)});
  }

  std::string_view host_;
  std::vector<KeyChange> changes_;
};

}  // namespace

std::vector<KeyChange> keys_to_publish(const IndexView& view, const ShareSettings& share,
                                       std::string_view host, EpochSeconds now, ExpiryTime& next) {
  std::vector<Lease> leases;
  view.for_each_lease([&](const Lease& lease) {
    const bool is_own_lease = lease.host.empty() && !lease.reserved;
    if (!is_own_lease || lease.expiry.expired_at(now) || !is_shared(share, lease.network)) return;
    if (shared_network_name(host, lease.network).empty()) return;
    next = earlier(next, lease.expiry);
    leases.push_back(lease);
  });
  std::ranges::stable_sort(leases, [](const Lease& a, const Lease& b) { return changed_before(b, a); });
  KeysOfLeases keys(host);
  for (const Lease& lease : leases) keys.add(lease);
  return std::move(keys).all();
}

/// Another host may have had the address meanwhile, written its pointer, and taken it away.
void PublishedKeys::put_pointers_again(const std::vector<KeyChange>& wanted,
                                       std::vector<KeyChange>& changes) const {
  std::set<IpAddress> changed;
  for (const KeyChange& change : changes) changed.insert(change.address);
  for (const KeyChange& change : wanted) {
    const auto known = known_.find(change.key);
    const bool is_as_before = known != known_.end() && known->second.hash == hash_of_value(change.value);
    if (is_as_before && changed.contains(change.address) && change.key == pointer_key(change.address))
      changes.push_back(change);
  }
}

std::vector<KeyChange> PublishedKeys::changes_to(const std::vector<KeyChange>& wanted) const {
  std::vector<KeyChange> changes;
  auto known = known_.begin();
  const auto remove_before = [&](const KeyChange* change) {
    for (; known != known_.end() && (change == nullptr || known->first < change->key); ++known)
      changes.push_back({known->second.address, known->first, {}});
  };
  for (const KeyChange& change : wanted) {
    remove_before(&change);
    const bool is_known = known != known_.end() && known->first == change.key;
    if (!is_known || known->second.hash != hash_of_value(change.value)) changes.push_back(change);
    if (is_known) ++known;
  }
  remove_before(nullptr);
  put_pointers_again(wanted, changes);
  std::ranges::stable_sort(changes,
                           [](const KeyChange& a, const KeyChange& b) { return a.address < b.address; });
  return changes;
}

void PublishedKeys::note_done(const KeyChange& change) {
  if (change.value.empty()) {
    known_.erase(change.key);
  } else {
    known_[change.key] = {change.address, hash_of_value(change.value)};
  }
}

void PublishedKeys::note_unknown(const KeyChange& change) {
  known_[change.key] = {change.address, 0};
}

std::size_t end_of_batch(const std::vector<KeyChange>& changes, std::size_t begin) {
  const std::size_t most = std::min(changes.size(), begin + kMostOperations);
  if (most == changes.size()) return most;
  std::size_t end = most;
  while (end > begin && changes[end - 1].address == changes[most].address) --end;
  return end > begin ? end : most;
}

std::size_t end_of_address(const std::vector<KeyChange>& changes, std::size_t begin) {
  std::size_t end = begin;
  while (end < changes.size() && changes[end].address == changes[begin].address) ++end;
  return end;
}

}  // namespace leases::share
