#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "share/etcd_client.h"
#include "share/history_mark.h"
#include "share/peer_leases.h"

namespace leases::share {

/// Takes why the member that is asked is of no use now, as the end of a sentence that begins with it.
using OnTrouble = std::function<void(const std::string& why)>;

/// Follows what other hosts share: reads all of it once, then watches from that revision on, also at another
/// member. All has to be read again if etcd has forgotten what happened since, or has another history.
class PeerWatch {
 public:
  /// The arguments must outlive this object.
  PeerWatch(EtcdClient& client, PeerLeases& peers, const OnTrouble& on_trouble)
      : client_(client), peers_(peers), on_trouble_(on_trouble) {}

  /// A member can be asked.
  void start();
  /// What happens now is seen.
  [[nodiscard]] bool is_watching() const { return is_watching_; }

 private:
  void take_history(const EtcdOutcome& outcome);
  void read_all();
  void read_page(const std::string& from);
  void take_page(const EtcdOutcome& outcome, const std::string& from);
  void watch(std::int64_t from);
  void take_line(std::string_view text);
  void take_events(const WatchLine& line);
  void trouble(const std::string& why);

  EtcdClient& client_;
  PeerLeases& peers_;
  const OnTrouble& on_trouble_;
  HistoryMark known_;           ///< all up to it is known; nothing: all has to be read
  HistoryMark page_mark_;       ///< of the pages so far
  std::int64_t reading_ = 0;    ///< the revision of the pages
  std::int64_t caught_up_ = 0;  ///< what comes up to it happened before the watch began
  std::size_t page_ = 0;        ///< keys in a page
  bool is_watching_ = false;
};

}  // namespace leases::share
