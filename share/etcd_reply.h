#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases::share {

/// What every answer of etcd's begins with.
struct EtcdHeader {
  std::int64_t revision = 0;
};

struct EtcdKey {
  std::string key;
  std::string value;
  std::int64_t lease = 0;
  std::int64_t mod_revision = 0;
};

/// gRPC's numbers of errors, as far as they are told apart here.
enum class EtcdCode : int {
  none = 0,
  unknown = 2,
  invalid_argument = 3,
  not_found = 5,
  permission_denied = 7,
  out_of_range = 11,  ///< the revision was compacted, or is one to come
  unauthenticated = 16,
};

/// An answer to a request. What a request does not ask for is left at its default.
struct EtcdReply {
  EtcdCode code = EtcdCode::none;
  std::string error;  ///< what etcd says if the request failed; empty: it did not
  EtcdHeader header;
  std::vector<EtcdKey> keys;  ///< of a range
  bool has_more = false;      ///< it was cut at its limit
  bool succeeded = false;     ///< of a transaction: its condition held
  std::int64_t lease = 0;     ///< of a grant or a sign of life
  std::int64_t time = 0;      ///< how long that has, in seconds; 0: there is no such lease
  std::string token;
};

/// An answer that cannot be read is an error, and so is one that is not etcd's: each of its answers has a
/// header.
EtcdReply parse_reply(std::string_view text);

struct EtcdEvent {
  bool is_removal = false;
  EtcdKey key;
};

/// A line of a watch.
struct WatchLine {
  std::string error;
  EtcdHeader header;
  bool is_created = false;
  bool is_canceled = false;
  std::int64_t compacted = 0;  ///< it was canceled because what it wanted was compacted up to here
  std::string why_canceled;    ///< in etcd's words; empty: it does not say
  std::vector<EtcdEvent> events;
};

WatchLine parse_watch_line(std::string_view text);

}  // namespace leases::share
