#include "store/name_policy.h"

#include <arpa/inet.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "common/host_name.h"
#include "paths.h"
#include "store/fingerprint.h"

namespace leases {

namespace {

/// Names that programs give a meaning of their own: the loopback names (RFC 6761), automatic proxy and tunnel
/// set-up (WPAD, RFC 5214), and those that systemd answers itself.
constexpr std::array<const char*, 7> kReserved{"localhost*", "ip6-localhost", "ip6-loopback", "wpad",
                                               "isatap",     "_gateway",      "_outbound"};

bool matches(const std::string& glob, const std::string& name) {
  return ::fnmatch(glob.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
}

/// inet_aton(3) accepts more than one would expect as an address: 10, 0x7f000001, 017700000001.
bool reads_as_address(const std::string& name) {
  in_addr address{};
  return ::inet_aton(name.c_str(), &address) != 0;
}

bool is_all_digits(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string> NamePolicy::refusal(std::string_view label) const {
  const std::string name(label);
  for (const char* reserved : kReserved) {
    if (matches(reserved, name)) return "is reserved (" + std::string(reserved) + ')';
  }
  if (!is_host_label(name) || name.back() == '-') return "is not a host name (RFC 1123)";
  if (is_all_digits(name)) return "is a number";
  if (reads_as_address(name)) return "reads as an address";
  const auto matches_name = [&](const std::string& glob) { return matches(glob, name); };
  if (std::any_of(allow_.begin(), allow_.end(), matches_name)) return {};
  const auto denied_by = std::find_if(deny_.begin(), deny_.end(), matches_name);
  if (denied_by != deny_.end()) return "is denied by names.deny (" + *denied_by + ')';
  return {};
}

std::uint64_t NamePolicy::fingerprint() const {
  Fingerprint fingerprint;
  fingerprint.add(paths::kVersion);
  fingerprint.add_list(kReserved);
  fingerprint.add_list(deny_);
  fingerprint.add_list(allow_);
  if (hosts_) hosts_->add_to(fingerprint);
  return fingerprint.value();
}

std::optional<std::string> NamePolicy::refusal(const Lease& lease) const {
  if (lease.hostname.empty()) return {};
  if (auto refused = refusal(lease.hostname)) return refused;
  return hosts_ ? hosts_->refusal(lease) : std::nullopt;
}

}  // namespace leases
