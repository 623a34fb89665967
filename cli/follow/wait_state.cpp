#include "cli/follow/wait_state.h"

#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "cli/names/folded_name.h"
#include "cli/names/typed_address.h"
#include "common/host_name.h"

namespace leases::cli {

WaitState::WaitState(const IndexReader& index, const WaitTarget& target, EpochSeconds now)
    : family_(target.family) {
  for (const std::string& name : target.names) {
    const auto query = HostQuery::parse(name);
    if (!query) continue;
    visit_answers(index.view(), *query, now, [&](const Answer& answer) {
      add(name, answer.address, answer.expiry);
      return true;
    });
  }
  add_clients(index, target.names, now);
  if (target.glob.empty()) return;
  index.view().for_each_lease([&](const Lease& lease) {
    if (lease.expiry.expired_at(now)) return;
    for (const std::string& name : {folded(lease.accepted_name()), folded(lease.guest_label())}) {
      if (name.empty() || ::fnmatch(target.glob.c_str(), name.c_str(), FNM_CASEFOLD) != 0) continue;
      add(name, lease.address, lease.expiry);
      if (addresses_.contains(name)) matching_.insert(name);
    }
  });
}

void WaitState::add_clients(const IndexReader& index, const std::vector<std::string>& names,
                            EpochSeconds now) {
  std::vector<std::pair<HardwareAddress, const std::string&>> clients;
  for (const std::string& name : names) {
    const auto hardware = typed_hardware(name);
    if (hardware && !addresses_.contains(name)) clients.emplace_back(*hardware, name);
  }
  if (clients.empty()) return;
  index.view().for_each_lease([&](const Lease& lease) {
    if (lease.expiry.expired_at(now)) return;
    for (const auto& [hardware, name] : clients) {
      if (lease.hardware == hardware) add(name, lease.address, lease.expiry);
    }
  });
}

void WaitState::add(const std::string& name, const IpAddress& address, ExpiryTime expiry) {
  if (family_ && address.family != *family_) return;
  next_expiry_ = earlier(next_expiry_, expiry);
  std::vector<LeasedAddress>& known = addresses_[name];
  const auto same = std::ranges::find(known, address, &LeasedAddress::address);
  if (same == known.end()) {
    known.push_back({address, expiry});
  } else if (earlier(same->expiry, expiry) == same->expiry) {
    same->expiry = expiry;
  }
}

void WaitState::remove_expired(EpochSeconds now) {
  next_expiry_ = {};
  for (auto& [name, leased] : addresses_) {
    std::erase_if(leased, [&](const LeasedAddress& one) { return one.expiry.expired_at(now); });
    for (const LeasedAddress& one : leased) next_expiry_ = earlier(next_expiry_, one.expiry);
    if (leased.empty()) matching_.erase(name);
  }
  std::erase_if(addresses_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace leases::cli
