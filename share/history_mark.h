#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "share/etcd_reply.h"
#include "share/etcd_request.h"

namespace leases::share {

/// A key as etcd once had it, by which its history is known again. One that was made anew, or got a backup
/// back, has another history, and others may have written so much since that no number tells it.
class HistoryMark {
 public:
  /// Of several, the latest counts.
  void note(std::string_view key, std::int64_t revision, std::int64_t lease) {
    if (revision < revision_) return;
    key_ = key;
    revision_ = revision;
    lease_ = lease;
  }
  void clear() { *this = {}; }

  [[nodiscard]] bool is_set() const { return revision_ != 0; }
  [[nodiscard]] std::int64_t revision() const { return revision_; }

  /// Asks for the key as it was then. The answer is an error (EtcdCode::out_of_range) if etcd has not come to
  /// the revision, or has compacted it.
  [[nodiscard]] EtcdRequest question() const { return get_request(key_, revision_); }
  [[nodiscard]] bool is_confirmed_by(const EtcdReply& reply) const {
    return reply.error.empty() && reply.keys.size() == 1 && reply.keys.front().key == key_ &&
           reply.keys.front().mod_revision == revision_ && reply.keys.front().lease == lease_;
  }

 private:
  std::string key_;
  std::int64_t revision_ = 0;  ///< 0: nothing is noted
  std::int64_t lease_ = 0;     ///< of etcd's: what is written anew has another one
};

}  // namespace leases::share
