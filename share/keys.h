#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/address.h"

namespace leases::share {

// The keys in etcd: schema/etcd.md.

/// Below it is everything that hosts tell each other.
inline constexpr std::string_view kPrefix = "/nss-leases/v1/";

/// The first key that is not below a prefix, as `range_end` of a request.
std::string end_of_prefix(std::string_view prefix);

/// The key that says that a host is alive.
std::string host_key(std::string_view host);

/// The key of a lease's record.
std::string record_key(std::string_view host, std::string_view network, const IpAddress& address);

/// A key below kPrefix, taken apart.
struct SharedKey {
  std::string_view host;
  std::string_view network;  ///< empty: the host's own key
  IpAddress address{};

  /// Nothing if it is neither of the two keys, or its parts cannot be names of a host and a network. The
  /// parts point into `key`.
  static std::optional<SharedKey> parse(std::string_view key);
};

/// The key under which CoreDNS finds a name's address (SkyDNS). The name and domain are those of a lease.
std::string name_key(std::string_view name, std::string_view domain, std::string_view host,
                     const IpAddress& address);

/// The key under which CoreDNS finds an address's name.
std::string pointer_key(const IpAddress& address);

}  // namespace leases::share
