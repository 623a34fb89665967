#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "share/published_keys.h"

namespace leases::share {

/// A call of etcd's JSON gateway: POST of a body to a path.
struct EtcdRequest {
  std::string path;
  std::string body;
};

/// The token of a user.
EtcdRequest authenticate_request(const std::string& user, const std::string& password);

/// A page of the keys from `from` up to, but not including, `end`. `revision` is the one to read; 0: the
/// present one.
EtcdRequest range_request(std::string_view from, std::string_view end, std::int64_t revision,
                          std::size_t limit);

/// One key, at a revision; 0: the present one.
EtcdRequest get_request(std::string_view key, std::int64_t revision = 0);

/// All changes of the keys below a prefix, from a revision on.
EtcdRequest watch_request(std::string_view prefix, std::int64_t revision);

EtcdRequest grant_request(std::chrono::seconds time);
EtcdRequest keep_alive_request(std::int64_t lease);
EtcdRequest revoke_request(std::int64_t lease);

/// Puts a key if its present state is the one of `revision` (its mod_revision; 0: there is none).
EtcdRequest put_if_request(std::string_view key, std::string_view value, std::int64_t lease,
                           std::int64_t revision);

/// Makes changes, bound to a lease, if the key `guard` is bound to that lease. An address's pointer goes only
/// if it is this lease's own.
EtcdRequest change_request(std::span<const KeyChange> changes, std::int64_t lease, std::string_view guard);

}  // namespace leases::share
