#include "cli/checks/nsswitch_place.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/host_name.h"
#include "util/folded_name.h"
#include "util/words.h"

namespace leases::cli {

namespace {

using Place = std::vector<NssService>::const_iterator;

constexpr std::string_view kLeases = "leases";

/// Services that distributions have for hosts.
constexpr std::array<std::string_view, 17> kKnown{
    kLeases,   "files",   "dns",           "resolve", "myhostname",    "mymachines",
    "mdns",    "mdns4",   "mdns6",         "wins",    "mdns4_minimal", "mdns6_minimal",
    "winbind", "libvirt", "libvirt_guest", "nis",     "mdns_minimal"};

bool is_leases(const NssService& service) {
  return service.name == kLeases;
}

bool is_files(const NssService& service) {
  return service.name == "files";
}

/// Answers only for .local, so the criteria after it do not matter for other names.
bool is_mdns_minimal(const NssService& service) {
  return service.name.starts_with("mdns") && service.name.ends_with("_minimal");
}

/// Whether the search for a leased name may end at this service, which does not know it.
bool stops(const NssService& service) {
  return !is_mdns_minimal(service) &&
         (service.returns_on(LookupStatus::notfound) || service.returns_on(LookupStatus::unavail) ||
          service.returns_on(LookupStatus::tryagain));
}

bool asks_network(const NssService& service) {
  return service.name == "dns" || service.name == "resolve";
}

/// Whether what comes after this service is not asked for every name, or late.
bool is_in_the_way(const NssService& service) {
  return stops(service) || asks_network(service);
}

/// Whether one letter too few, too many or another, or two in the other order, make one of the other.
bool differ_by_one_slip(std::string_view a, std::string_view b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  a.remove_prefix(static_cast<std::size_t>(in_a - a.begin()));
  b.remove_prefix(static_cast<std::size_t>(in_b - b.begin()));
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  const bool are_swapped = a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0];
  return (a.size() <= 1 && b.size() <= 1) || are_swapped;
}

/// glibc knows no comment after other words, but a person does, even one that begins in a word: these are the
/// services before it.
std::vector<NssService> before_comment(const std::vector<NssService>& services) {
  const auto first = std::ranges::find_if(services, has_comment);
  std::vector<NssService> before(services.begin(), first);
  if (first == services.end() || first->name.starts_with('#')) return before;
  before.emplace_back().name = first->name.substr(0, first->name.find('#'));
  return before;
}

/// What is wrong with the place of leases.
std::string wrong_place(const std::vector<NssService>& services, Place leases) {
  if (const auto stop = std::find_if(services.begin(), leases, stops); stop != leases)
    return "'" + printable(stop->text()) + "' comes before leases and ends the search" +
           (stop->returns_on(LookupStatus::notfound) ? " for every name that it does not know"
                                                     : " when it cannot answer");
  if (const auto network = std::find_if(services.begin(), leases, asks_network); network != leases)
    return "'" + network->name + "' comes before leases, so every name waits for it, and its answer counts";
  // Where resolve is asked before files, it is resolve that knows /etc/hosts.
  const auto next = std::find_if(leases + 1, services.end(), [](const NssService& service) {
    return is_files(service) || is_in_the_way(service);
  });
  if (next != services.end() && is_files(*next))
    return "'files' comes after leases, so a DHCP client can take a name that is in /etc/hosts";
  return {};
}

}  // namespace

bool has_comment(const NssService& service) {
  return service.name.find('#') != std::string::npos;
}

std::string meant_by(std::string_view service) {
  if (std::ranges::find(kKnown, service) != kKnown.end()) return {};
  const auto* known = std::ranges::find_if(
      kKnown, [&](std::string_view candidate) { return equal_folded(candidate, service); });
  if (known != kKnown.end()) return std::string(*known);
  return differ_by_one_slip(folded(service), kLeases) ? std::string(kLeases) : std::string();
}

std::string wrong_with(const std::vector<NssService>& services) {
  const auto leases = std::ranges::find_if(services, is_leases);
  const std::vector<NssService> before = before_comment(services);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::string& written = services[i].name;
    std::string meant = meant_by(before[i].name);
    if (meant.empty() && written != before[i].name) meant = before[i].name;
    if (meant.empty() || (meant == kLeases && leases != services.end())) continue;
    return "glibc does not know '" + printable(written) + "'; it has to be '" + printable(meant) + "'";
  }
  return leases == services.end() ? "leases is missing" : wrong_place(services, leases);
}

std::vector<NssService> with_leases(const std::vector<NssService>& services) {
  std::vector<NssService> fixed = before_comment(services);
  for (NssService& service : fixed) {
    if (std::string meant = meant_by(service.name); !meant.empty()) service.name = std::move(meant);
  }
  if (fixed.empty()) fixed = NsswitchFile::parse({}).hosts;
  if (wrong_with(fixed).empty()) return fixed;
  std::erase_if(fixed, is_leases);
  NssService leases;
  leases.name = kLeases;
  const bool has_files = std::ranges::any_of(fixed, is_files);
  auto place =
      has_files
          ? std::ranges::find_if(
                fixed, [](const NssService& service) { return is_files(service) || is_in_the_way(service); })
          : fixed.begin();
  if (place != fixed.end() && is_files(*place)) {
    // The search goes on to leases, and ends where it ended.
    if (stops(*place)) {
      std::swap(leases.criteria, place->criteria);
      std::swap(leases.returns, place->returns);
    }
    ++place;
  }
  fixed.insert(place, std::move(leases));
  return fixed;
}

}  // namespace leases::cli
