#include "cli/follow/wait_state.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "cli/names/awaited_names.h"
#include "cli/names/name_glob.h"
#include "cli/names/typed_address.h"
#include "common/host_name.h"
#include "store/client_hardware.h"
#include "store/overlay.h"
#include "util/folded_name.h"

namespace leases::cli {

namespace {

bool has_family(const std::vector<LeasedAddress>& leased, Family family) {
  return std::ranges::any_of(leased, [=](const LeasedAddress& one) { return one.address.family == family; });
}

/// What the machine of a lease is known by. Copies of a machine may have one DUID, so that is not enough.
std::string machine_of(const Lease& lease, const ClientHardware& clients) {
  if (const auto hardware = clients.of(lease)) return std::string(HardwareText(*hardware).view());
  return std::string(lease.network) + ' ' + IpText(lease.address).c_str();
}

}  // namespace

WaitState::WaitState(const IndexReader& index, const WaitTarget& target, EpochSeconds now)
    : is_known_(true), family_(target.family), both_families_(target.both_families) {
  for (const std::string& name : target.names) {
    const auto query = HostQuery::parse(name);
    if (!query) continue;
    visit_answers(index.view(), *query, now, [&](const Answer& answer) {
      if (!answer.is_reserved()) add(name, {answer.address, answer.expiry});
      return true;
    });
  }
  add_clients(index, target.names, now);
  add_guests(index, target, now);
  if (!target.glob.empty()) add_matching(index, target.glob, now);
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
    if (lease.reserved || lease.expiry.expired_at(now)) return;
    for (const auto& [hardware, name] : clients) {
      if (lease.hardware == hardware) add(name, {lease.address, lease.expiry});
    }
  });
}

void WaitState::add_guests(const IndexReader& index, const WaitTarget& target, EpochSeconds now) {
  std::map<std::string, std::string> names;  // by guest, in lower case
  for (const std::string& name : target.names) {
    if (const std::string_view guest = guest_of_key(name); !guest.empty()) names.emplace(folded(guest), name);
  }
  if (names.empty()) return;
  ClientHardware clients;
  std::vector<std::pair<Lease, const std::string*>> found;
  index.view().for_each_lease([&](const Lease& lease) {
    clients.add(lease);
    if (lease.guest_name.empty() || lease.reserved || lease.expiry.expired_at(now)) return;
    if (const auto name = names.find(folded(lease.guest_name)); name != names.end())
      found.emplace_back(lease, &name->second);
  });
  std::ranges::stable_sort(found, std::ranges::greater(),
                           [](const auto& entry) { return entry.first.changed; });
  for (const auto& [lease, name] : found) add(*name, {lease.address, lease.expiry, clients.of(lease)});
  add_interfaces(index, names, target.all_interfaces);
}

void WaitState::add_interfaces(const IndexReader& index, const std::map<std::string, std::string>& names,
                               bool all_needed) {
  std::map<std::string, std::vector<HardwareAddress>> interfaces;
  for (const GuestInIndex& known : guests_of(index.view())) {
    const auto name = names.find(folded(known.name));
    if (name == names.end()) continue;
    std::vector<HardwareAddress>& own = interfaces[name->second];
    if (std::ranges::find(own, known.hardware) == own.end()) own.push_back(known.hardware);
  }
  for (const auto& [guest, name] : names) {
    if (!interfaces.contains(name)) unknown_guests_.insert(name);
  }
  if (all_needed) interfaces_ = std::move(interfaces);
}

void WaitState::add_matching(const IndexReader& index, const std::string& glob, EpochSeconds now) {
  ClientHardware clients;
  std::vector<std::pair<Lease, std::vector<std::string>>> found;
  index.view().for_each_lease([&](const Lease& lease) {
    if (lease.reserved || lease.expiry.expired_at(now)) return;
    std::vector<std::string> names = matching_names(lease, glob);
    if (names.empty()) return;
    clients.add(lease);
    if (!family_ || lease.address.family == *family_) found.emplace_back(lease, std::move(names));
  });
  for (const auto& [lease, names] : found) {
    const std::string machine = machine_of(lease, clients);
    for (const std::string& name : names) {
      add(name, {lease.address, lease.expiry});
      matching_[name].insert(machine);
    }
  }
}

void WaitState::add(const std::string& name, const LeasedAddress& leased) {
  if (family_ && leased.address.family != *family_) return;
  next_expiry_ = earlier(next_expiry_, leased.expiry);
  std::vector<LeasedAddress>& known = addresses_[name];
  const auto same = std::ranges::find_if(known, [&](const LeasedAddress& one) {
    return one.address == leased.address && one.hardware == leased.hardware;
  });
  if (same == known.end()) {
    known.push_back(leased);
  } else if (earlier(same->expiry, leased.expiry) == leased.expiry) {
    same->expiry = leased.expiry;
  }
}

std::string WaitState::lack_of(const std::string& name) const {
  const auto found = addresses_.find(name);
  if (found == addresses_.end()) return unknown_guests_.contains(name) ? "in no MAC map" : "without a lease";
  if (interfaces_.contains(name)) return lack_of_interfaces(name);
  if (both_families_ && !has_family(found->second, Family::v4)) return "without an IPv4 lease";
  if (both_families_ && !has_family(found->second, Family::v6)) return "without an IPv6 lease";
  return {};
}

/// For a guest that has a lease: its hardware addresses that lack one.
std::string WaitState::lack_of_interfaces(const std::string& name) const {
  const std::vector<LeasedAddress>& leased = addresses_.at(name);
  std::string without;
  for (const HardwareAddress& hardware : interfaces_.at(name)) {
    std::vector<LeasedAddress> own;
    std::ranges::copy_if(leased, std::back_inserter(own),
                         [&](const LeasedAddress& one) { return one.hardware == hardware; });
    const bool has_four = has_family(own, Family::v4);
    const bool has_six = has_family(own, Family::v6);
    if (both_families_ ? has_four && has_six : has_four || has_six) continue;
    without += (without.empty() ? "without a lease of " : ", ") + std::string(HardwareText(hardware).view());
    if (has_four || has_six) without += has_four ? " (IPv6)" : " (IPv4)";
  }
  return without;
}

void WaitState::remove_expired(EpochSeconds now) {
  is_known_ = false;
  next_expiry_ = {};
  for (auto& [name, leased] : addresses_) {
    std::erase_if(leased, [&](const LeasedAddress& one) { return one.expiry.expired_at(now); });
    for (const LeasedAddress& one : leased) next_expiry_ = earlier(next_expiry_, one.expiry);
    if (leased.empty()) matching_.erase(name);
  }
  std::erase_if(addresses_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace leases::cli
