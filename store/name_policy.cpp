#include "store/name_policy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/host_name.h"
#include "common/lease_place.h"
#include "paths.h"
#include "store/fingerprint.h"
#include "util/glob.h"

namespace leases {

namespace {

/// Names that mean something everywhere, or on the systems whose hosts files have them. The manual has the
/// source of each (nss-leases.conf(5), Name policy).
constexpr std::array kReserved{
    // The loopback addresses: RFC 6761, and the hosts files of Debian, Ubuntu, Fedora, Alpine and openSUSE.
    "localhost", "localhost4", "localhost6", "localdomain", "ip6-localhost", "ip6-loopback", "ipv6-localhost",
    "ipv6-loopback",
    // Prefixes and groups of IPv6, and the address of everybody: the same, and macOS.
    "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "ipv6-localnet",
    "ipv6-mcastprefix", "ipv6-allnodes", "ipv6-allrouters", "ipv6-allhosts", "broadcasthost",
    // What a machine takes its proxy or its tunnel from (WPAD, RFC 5214), or whether there is NAT64 (RFC
    // 7050).
    "wpad", "isatap", "ipv4only",
    // What has to be unknown (RFC 6761), and X's word for no network at all.
    "invalid", "unix",
    // What systemd answers itself.
    "_gateway", "_outbound", "_localdnsstub", "_localdnsproxy"};

/// The same, unless the administrator wants them: what is named after the loopback names, and where a cloud's
/// machines take configuration and credentials from.
constexpr std::array kReservedUnlessAllowed{"localhost*", "metadata", "instance-data"};

/// Domains in which a host of ours has no place: right below arpa is what the Internet defines there, as
/// ipv4only.arpa (RFC 7050) and home.arpa (RFC 8375), and nothing exists in invalid (RFC 6761).
bool is_reserved_domain(std::string_view domain) {
  if (equal_folded(domain, "arpa")) return true;
  const std::size_t last_dot = domain.rfind('.');
  return equal_folded(domain.substr(last_dot == std::string_view::npos ? 0 : last_dot + 1), "invalid");
}

/// inet_aton(3) accepts more than one would expect as an address: 10, 0x7f000001, 017700000001.
bool reads_as_address(const std::string& name) {
  in_addr address{};
  return ::inet_aton(name.c_str(), &address) != 0;
}

std::string reserved(const std::string& rule) {
  return "is reserved (" + rule + ')';
}

std::optional<std::string> refusal_in(std::string_view domain) {
  if (!is_reserved_domain(domain)) return {};
  return reserved(std::string("*.").append(domain));
}

/// Of any name in a lease's domain, network or other host.
std::optional<std::string> refusal_around(const Lease& lease) {
  auto refused = refusal_in(lease.domain);
  return refused ? refused : refusal_in(lease_place_of(lease));
}

bool is_all_digits(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string> NamePolicy::refusal(std::string_view label) const {
  const std::string name(label);
  const auto is_name = [&](std::string_view other) { return equal_folded(other, name); };
  const auto reserved_name = std::ranges::find_if(kReserved, is_name);
  if (reserved_name != kReserved.end()) return reserved(*reserved_name);
  if (std::ranges::any_of(own_, is_name)) return "is this machine's own";
  if (!is_host_label(name) || name.back() == '-') return "is not a host name (RFC 1123)";
  if (is_all_digits(name)) return "is a number";
  if (reads_as_address(name)) return "reads as an address";
  if (matches_any_folded(allow_, name)) return {};
  const auto stands_for_name = [&](const std::string& glob) { return matches_folded(glob, name); };
  const auto reserved_by = std::ranges::find_if(kReservedUnlessAllowed, stands_for_name);
  if (reserved_by != kReservedUnlessAllowed.end()) return reserved(*reserved_by);
  const auto denied_by = std::ranges::find_if(deny_, stands_for_name);
  if (denied_by != deny_.end()) return "is denied by names.deny (" + *denied_by + ')';
  return {};
}

std::uint64_t NamePolicy::fingerprint() const {
  Fingerprint fingerprint;
  fingerprint.add(paths::kVersion);
  fingerprint.add_list(kReserved);
  fingerprint.add_list(kReservedUnlessAllowed);
  fingerprint.add_list(own_);
  fingerprint.add_list(short_in_);
  fingerprint.add_list(deny_);
  fingerprint.add_list(allow_);
  if (hosts_) hosts_->add_to(fingerprint);
  return fingerprint.value();
}

bool NamePolicy::judge(Lease& lease) const {
  const bool is_refused = refusal(lease).has_value();
  const bool is_short = matches_any(short_in_, lease.network);
  const bool was_refused = std::exchange(lease.name_refused, is_refused);
  const bool was_short = std::exchange(lease.short_name, is_short);
  return was_refused != is_refused || was_short != is_short;
}

void NamePolicy::name_guest(Lease& lease, std::string_view guest_name) const {
  const bool is_refused =
      guest_name.empty() || lease.reserved || guest_refusal(guest_name) || refusal_around(lease);
  lease.guest_name = is_refused ? std::string_view() : guest_name;
}

std::optional<std::string> NamePolicy::guest_refusal(std::string_view guest_name) const {
  auto refused = refusal(label_of(guest_name));
  return refused ? refused : refusal_in(domain_part_of(guest_name));
}

std::optional<std::string> NamePolicy::refusal(const Lease& lease) const {
  if (lease.hostname.empty()) return {};
  if (auto refused = refusal(lease.hostname)) return refused;
  if (auto refused = refusal_around(lease)) return refused;
  return hosts_ ? hosts_->refusal(lease) : std::nullopt;
}

}  // namespace leases
